package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// asProgram has the test binary be the program.
const asProgram = "LOCAL_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

const shelf = `{"Resources": {"Shelf": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "shelf"}}}}`

const manifest = `{"version": "40.0.0", "artifacts": {"App": {"type": "aws:cloudformation:stack",
	"environment": "aws://unknown-account/unknown-region", "properties": {"templateFile": "App.template.json"}}}}`

// newApp makes a folder with a CDK app whose stack has a bucket, below a path that shells and URLs have to quote.
func newApp(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "Zoë's apps", "shelf 100%")
	if err := os.MkdirAll(filepath.Join(dir, "template"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"cdk.json":                   `{"app": "cp -R template \"$CDK_OUTDIR\""}`,
		"template/manifest.json":     manifest,
		"template/App.template.json": shelf,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(root, "node_modules"), filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// command runs the program in dir, with no folder named.
func command(dir string, arguments ...string) *exec.Cmd {
	program := exec.Command(os.Args[0], append([]string{"-port", "0"}, arguments...)...)
	program.Dir, program.Env = dir, append(os.Environ(), asProgram+"=1")
	return program
}

// start starts the program in dir and returns a client of its buckets, what it has said, and what ends it.
func start(t *testing.T, dir string) (objects *s3.Client, said *strings.Builder, stop func()) {
	t.Helper()
	url, said, stop := startProgram(t, dir, nil)
	return bucketsAt(url), said, stop
}

// startProgram starts the program in dir, with more in its environment, and returns its endpoint.
func startProgram(t *testing.T, dir string, environment []string, arguments ...string) (url string, said *strings.Builder, stop func()) {
	t.Helper()
	program := command(dir, arguments...)
	program.Env = append(program.Env, environment...)
	reader, writer := io.Pipe()
	program.Stdout, program.Stderr = writer, writer
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		ended <- program.Wait()
		writer.Close()
	}()
	said = &strings.Builder{}
	for lines := bufio.NewScanner(reader); url == "" && lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if _, rest, found := strings.Cut(lines.Text(), "AWS endpoint"); found {
			url = strings.Fields(rest)[0]
		}
	}
	go io.Copy(io.Discard, reader) //nolint:errcheck // so that the program can go on writing
	if url == "" {
		t.Fatalf("it ended (%v):\n%s", <-ended, said)
	}
	return url, said, func() {
		if err := program.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("after Ctrl-C: %v", err)
			}
		case <-time.After(time.Minute):
			t.Error("it does not end")
			program.Process.Kill() //nolint:errcheck // it may end at this moment
		}
	}
}

func bucketsAt(url string) *s3.Client {
	return s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: &url, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

func TestAStageStartsAgainWithWhatItKeptAndNoFlag(t *testing.T) {
	t.Parallel()
	dir := newApp(t)
	objects, _, stop := start(t, dir)
	if _, err := objects.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String("shelf"), Key: aws.String("a/b"), Body: strings.NewReader("kept"),
	}); err != nil {
		t.Error(err)
	}
	stop()

	objects, said, stop := start(t, dir)
	defer stop()
	object, err := objects.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("shelf"), Key: aws.String("a/b")})
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(object.Body); err != nil || string(body) != "kept" {
		t.Errorf("got %q, %v", body, err)
	}
	if want := "synthesized before, and nothing has changed\n"; !strings.HasPrefix(said.String(), want) {
		t.Errorf("got\n%s\nwant it to begin with %s", said, want)
	}
}

const alarms = `{
	"Resources": {
		"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "alarms"}},
		"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "letters"}},
		"Policy": {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": "Queue"}], "PolicyDocument": {"Statement": {
			"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": {"Fn::GetAtt": ["Queue", "Arn"]}}}}},
		"Subscription": {"Type": "AWS::SNS::Subscription", "DependsOn": "Policy", "Properties": {
			"TopicArn": {"Ref": "Topic"}, "Protocol": "sqs", "Endpoint": "arn:aws:sqs:eu-west-1:123456789012:letters", "RawMessageDelivery": true}}
	},
	"Outputs": {"Topic": {"Value": {"Ref": "Topic"}}, "Queue": {"Value": {"Ref": "Queue"}}}
}`

// A stranger has no cdk.json for us, no packages of ours, and stacks for an account of their own, one of which we do not run.
func TestAnAppWithoutACloneRunsAChosenStackInItsAccount(t *testing.T) {
	t.Parallel()
	dir := newApp(t)
	bound := strings.Replace(manifest, "aws://unknown-account/unknown-region", "aws://123456789012/eu-west-1", 1)
	other := `"Site": {"type": "aws:cloudformation:stack", "environment": "aws://123456789012/us-east-1", "properties": {"templateFile": "none.json"}}, "App":`
	for name, content := range map[string]string{
		"template/manifest.json": strings.Replace(bound, `"App":`, other, 1), "template/App.template.json": alarms,
		"cdk.context.json": `{"hosted-zone": {"Id": "Z123"}}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"cdk.json", "node_modules"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	cache := filepath.Join(dir, "cache")
	url, said, stop := startProgram(t, dir, []string{"XDG_CACHE_HOME=" + cache, "npm_config_cache=" + npmCache(t)},
		"-app", `echo "$CDK_CONTEXT_JSON" | grep -q Z123 && cp -R template "$CDK_OUTDIR"`, "-stack", "App")
	defer stop()
	if !strings.Contains(said.String(), "AWS_DEFAULT_REGION=eu-west-1") {
		t.Errorf("it said\n%s", said)
	}
	config := aws.Config{Region: "eu-west-1", BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
	topics, queues := sns.NewFromConfig(config), sqs.NewFromConfig(config)
	if _, err := topics.Publish(t.Context(), &sns.PublishInput{TopicArn: aws.String("arn:aws:sns:eu-west-1:123456789012:alarms"), Message: aws.String("red")}); err != nil {
		t.Fatal(err)
	}
	queue := url + "/123456789012/letters"
	got, err := queues.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &queue, WaitTimeSeconds: 10})
	if err != nil || len(got.Messages) != 1 || *got.Messages[0].Body != "red" {
		t.Errorf("got %+v, %v", got, err)
	}
	attributes, err := queues.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: &queue, AttributeNames: []types.QueueAttributeName{"QueueArn"}})
	if err != nil || attributes.Attributes["QueueArn"] != "arn:aws:sqs:eu-west-1:123456789012:letters" {
		t.Errorf("got %+v, %v", attributes, err)
	}
}

// npmCache is where npm has kept the packages of this repository.
func npmCache(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("npm", "config", "get", "cache").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func TestAStartThatFailsLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, app, want string }{
		{
			"the app fails", `mkdir "$CDK_OUTDIR" && echo no such stage && false`,
			"local: the app does not synthesize (APP: exit status 1):\nno such stage\n",
		},
		{
			"the stage fails", `mkdir "$CDK_OUTDIR"`,
			"local: assembly: open DIR/.hermes/local/cdk.out/manifest.json: no such file or directory\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := newApp(t)
			app, err := json.Marshal(map[string]string{"app": c.app})
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "cdk.json"), app, 0o644); err != nil {
				t.Fatal(err)
			}
			out, err := command(dir).CombinedOutput()
			var failed *exec.ExitError
			if !errors.As(err, &failed) || failed.ExitCode() != 1 {
				t.Errorf("got %v, want exit status 1", err)
			}
			_, reason, _ := strings.Cut(string(out), "local: ")
			if want := strings.NewReplacer("APP", c.app, "DIR", dir).Replace(c.want); "local: "+reason != want {
				t.Errorf("got\n%swant\n%s", out, want)
			}
			if _, err := os.Stat(filepath.Join(dir, ".hermes", "local")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the folder of the state is there: %v", err)
			}
		})
	}
}

func TestAFolderThatCannotBeMadeIsToldInOneLine(t *testing.T) {
	t.Parallel()
	dir := newApp(t)
	file := filepath.Join(dir, "cdk.json")
	out, err := command(dir, "-data", filepath.Join(file, "data")).CombinedOutput()
	want := "local: mkdir " + file + ": not a directory: choose a folder of yours with -data DIR\n"
	if err == nil || string(out) != want {
		t.Errorf("got\n%s%v, want\n%s", out, err, want)
	}
}
