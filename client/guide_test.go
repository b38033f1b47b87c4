package client

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// The Go program of docs/backends.md is compiled and run as it stands there, against the real peers.
func TestGoProgramOfTheGuideRuns(t *testing.T) {
	t.Parallel()
	table := peerTable(t)
	queue, url := peerQueue(t)
	secrets := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer, _ := json.Marshal(map[string]string{"SecretString": secretOf(testKeys.SigningKey)})
		w.Write(answer)
	}))
	t.Cleanup(secrets.Close)

	cmd := exec.CommandContext(t.Context(), buildGuide(t))
	cmd.Stderr = os.Stderr
	cmd.Env = append(os.Environ(),
		"AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
		"AWS_ENDPOINT_URL_DYNAMODB="+peersOf(t).DynamoDB, "AWS_ENDPOINT_URL_SQS="+peersOf(t).SQS, "AWS_ENDPOINT_URL_SECRETS_MANAGER="+secrets.URL,
		contract.EnvTokensTable+"="+table.name, contract.EnvSecretARN+"=arn:secret", contract.EnvQueueURL+"="+url,
	)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the program ended with %v", err)
	}
	lines := strings.Fields(string(out))
	if len(lines) != 2 {
		t.Fatalf("the program printed %q", out)
	}
	s := newSetup(table)
	s.clock.at = time.Now()
	s.expectOpens(t, "the token of the program", lines[0])
	want := `{"id":"` + lines[1] + `","user_id":"system","room_id":"orders","data":{"order":7,"type":"paid"}}`
	received, err := queue.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &url, WaitTimeSeconds: 5})
	if err != nil || len(received.Messages) != 1 || *received.Messages[0].Body != want {
		t.Errorf("the queue holds %+v, %v, want %s", received, err, want)
	}
}

// buildGuide compiles the guide's program as a package of this module, of which only the compiler knows.
func buildGuide(t *testing.T) string {
	t.Helper()
	guide, err := os.ReadFile("../docs/backends.md")
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile("(?s)```go\n(.*?)```").FindSubmatch(guide)
	if code == nil {
		t.Fatal("docs/backends.md has no program in Go")
	}
	dir := t.TempDir()
	source, overlay, binary := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "guide")
	place, err := filepath.Abs("guideprogram/main.go")
	if err != nil {
		t.Fatal(err)
	}
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{place: source}})
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string][]byte{source: code[1], overlay: replace} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-overlay", overlay, "-o", binary, "./guideprogram")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the program does not compile: %v\n%s", err, out)
	}
	return binary
}
