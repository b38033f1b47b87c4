package e2e

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// notes writes a cloud assembly that is not Hermes's: testdata/notes for this machine, each text in replace changed.
func notes(t *testing.T, replace ...string) string {
	t.Helper()
	dir := t.TempDir()
	architecture := map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]
	change := strings.NewReplacer(append(replace, "ARCHITECTURE", architecture)...)
	for _, name := range []string{"manifest.json", "Notes.assets.json", "Data.template.json", "Notes.template.json"} {
		content, err := os.ReadFile(filepath.Join("testdata", "notes", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(change.Replace(string(content))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// buildNotes compiles the code of the assembly's functions.
func buildNotes(t *testing.T, dir string) {
	t.Helper()
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "lambda.norpc", "-o", filepath.Join(dir, "asset.app", "bootstrap"), "./testdata/notes/app")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// call makes an HTTP request and returns the status and the body.
func call(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "text/plain") // else the API takes the body for binary and encodes it
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(content)
}

// The program knows nothing of Hermes: it runs what the templates say, here an HTTP API, functions, queues, a topic and
// a bucket in two stacks.
func TestAnyCloudAssemblyRuns(t *testing.T) {
	t.Parallel()
	dir := notes(t)
	buildNotes(t, dir)
	s := startStage(t, t.TempDir(), "-ephemeral", "-assembly", dir)
	url := s.outputs["WebUrl"] + "/notes/one"

	if status, body := call(t, http.MethodGet, url, ""); status != http.StatusNotFound || body != "NoSuchKey" {
		t.Errorf("GET before PUT: %d %s", status, body)
	}
	if status, body := call(t, http.MethodPut, url, "remember me"); status != http.StatusAccepted {
		t.Fatalf("PUT: %d %s", status, body)
	}
	eventually(t, func() error {
		if status, body := call(t, http.MethodGet, url, ""); status != http.StatusOK || body != "remember me" {
			return fmt.Errorf("GET: %d %s", status, body)
		}
		return nil
	})
	if status, body := call(t, http.MethodGet, s.outputs["WebUrl"]+"/elsewhere", ""); status != http.StatusNotFound || body != `{"message":"Not Found"}` {
		t.Errorf("a path without route: %d %s", status, body)
	}
	s.expectNews(t, "kept one")

	// What the role does not allow fails as on AWS, and is listed.
	if status, body := call(t, http.MethodDelete, url, ""); status != http.StatusForbidden || body != "AccessDenied" {
		t.Errorf("DELETE: %d %s", status, body)
	}
	refused, err := s.denied()
	if err != nil || len(refused) != 1 || refused[0].Action != "s3:DeleteObject" || refused[0].Function != s.outputs["DoorName"] ||
		refused[0].Resource != "arn:aws:s3:::"+s.outputs["ShelfName"]+"/notes/one" {
		t.Errorf("refused were %+v, %v", refused, err)
	}
}

func (s *stage) expectNews(t *testing.T, want string) {
	t.Helper()
	queues, inbox := sqs.NewFromConfig(s.awsConfig()), s.outputs["InboxUrl"]
	eventually(t, func() error {
		out, err := queues.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &inbox, WaitTimeSeconds: 1})
		if err != nil || len(out.Messages) == 0 {
			return errors.Join(err, errors.New("no news"))
		}
		if got := *out.Messages[0].Body; got != want {
			return errGivenUp{fmt.Errorf("the news is %q, want %q", got, want)}
		}
		return nil
	})
}

func TestWhatIsNotSupportedEndsTheStartByItsName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		replace []string
		want    []string
	}{
		{"a resource type", []string{`"AWS::SNS::Topic"`, `"AWS::Kinesis::Stream"`}, []string{"News", "AWS::Kinesis::Stream"}},
		{"a property", []string{`"VisibilityTimeout": 30`, `"VisibilityTimeout": 30, "KmsFancyKey": true`}, []string{"Work", "KmsFancyKey"}},
		{"an intrinsic", []string{`{ "Ref": "Keeper" }`, `{ "Fn::Cidr": ["10.0.0.0/16", 2] }`}, []string{"KeeperWork", "Fn::Cidr"}},
		{"a reference to nothing", []string{`{ "Ref": "Keeper" }`, `{ "Ref": "Nobody" }`}, []string{"KeeperWork", "Nobody"}},
		{"a missing export", []string{`"Export": { "Name": "notes-data:News" }`, `"Description": "kept to itself"`}, []string{"notes-data:News"}},
		{"another machine's code", []string{"ARCHITECTURE", "z80"}, []string{"Door", "z80"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			line := refusedStart(t, "-ephemeral", "-port", "0", "-assembly", notes(t, c.replace...))
			if strings.Contains(line, "\n") {
				t.Errorf("it takes more than a line: %s", line)
			}
			for _, want := range c.want {
				if !strings.Contains(line, want) {
					t.Errorf("the line does not name %s: %s", want, line)
				}
			}
		})
	}
}
