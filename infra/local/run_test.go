package main

import (
	"bufio"
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
	for _, name := range []string{"node_modules", "infra"} {
		if err := os.Symlink(filepath.Join(root, name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// start runs the program in dir, with no folder named, and returns a client of its buckets and what ends it.
func start(t *testing.T, dir string) (objects *s3.Client, stop func()) {
	t.Helper()
	program := exec.Command(os.Args[0], "-port", "0")
	program.Dir, program.Env = dir, append(os.Environ(), asProgram+"=1")
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
	var said strings.Builder
	for lines := bufio.NewScanner(reader); objects == nil && lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if _, rest, found := strings.Cut(lines.Text(), "AWS endpoint"); found {
			objects = bucketsAt(strings.Fields(rest)[0])
		}
	}
	go io.Copy(io.Discard, reader) //nolint:errcheck // so that the program can go on writing
	if objects == nil {
		t.Fatalf("it ended (%v):\n%s", <-ended, &said)
	}
	return objects, func() {
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
	objects, stop := start(t, dir)
	if _, err := objects.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String("shelf"), Key: aws.String("a/b"), Body: strings.NewReader("kept"),
	}); err != nil {
		t.Error(err)
	}
	stop()

	objects, stop = start(t, dir)
	defer stop()
	object, err := objects.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("shelf"), Key: aws.String("a/b")})
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(object.Body); err != nil || string(body) != "kept" {
		t.Errorf("got %q, %v", body, err)
	}
}
