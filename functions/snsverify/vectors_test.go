package snsverify_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/testenv"
	"github.com/hermes-cdk/hermes/functions/snsverify"
)

func genuine(t *testing.T, dir string) []json.RawMessage {
	t.Helper()
	var all []json.RawMessage
	read(t, filepath.Join(dir, "notifications.json"), &all)
	for _, name := range []string{"budget-forecasted.json", "unsubscribe-confirmation.json"} {
		var one json.RawMessage
		read(t, filepath.Join(dir, name), &one)
		all = append(all, one)
	}
	return all
}

func read(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(name, err)
	}
}

// genuineVerifier is for message's topic at message's time, and serves the certificates in dir.
func genuineVerifier(t *testing.T, dir string, message []byte) *snsverify.Verifier {
	t.Helper()
	var said struct{ TopicArn, Timestamp string }
	if err := json.Unmarshal(message, &said); err != nil {
		t.Fatal(err)
	}
	at, err := time.Parse(time.RFC3339, said.Timestamp)
	if err != nil {
		t.Fatal(err)
	}
	files := &wire{answer: func(r *http.Request) (*http.Response, error) {
		text, err := os.ReadFile(filepath.Join(dir, path.Base(r.URL.Path)))
		if err != nil {
			return nil, err
		}
		return answerWith(http.StatusOK, text)(r)
	}}
	v, err := snsverify.New([]string{said.TopicArn},
		snsverify.WithClock(func() time.Time { return at }), snsverify.WithHTTPClient(&http.Client{Transport: files}))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestGenuineMessages(t *testing.T) {
	t.Parallel()
	dir := testenv.GenuineMessages(t)
	messages := genuine(t, dir)
	if len(messages) != 12 {
		t.Fatalf("%d genuine messages, want 12", len(messages))
	}
	for _, message := range messages {
		v := genuineVerifier(t, dir, message)
		got, err := v.Verify(context.Background(), message, nil)
		if err != nil {
			t.Errorf("%v\n%s", err, message)
			continue
		}
		if !strings.Contains(string(message), got.Signed().MessageID) {
			t.Errorf("MessageID %q is not the message's", got.Signed().MessageID)
		}
	}
}

func TestGenuineMessagesChanged(t *testing.T) {
	t.Parallel()
	dir := testenv.GenuineMessages(t)
	// Each change is of one letter or digit and keeps the form, so that only the signature can tell.
	for _, field := range []string{"Message", "MessageId", "Timestamp", "Signature"} {
		for _, message := range genuine(t, dir) {
			forged := changeFirst(string(message), `"`+field+`": "`)
			_, err := genuineVerifier(t, dir, message).Verify(context.Background(), []byte(forged), nil)
			if !errors.Is(err, snsverify.ErrSignature) {
				t.Errorf("%s changed: %v, want ErrSignature", field, err)
			}
		}
	}
}

// changeFirst replaces the first character after prefix: another digit for a digit, another letter for a letter.
func changeFirst(text, prefix string) string {
	at := strings.Index(text, prefix) + len(prefix)
	next := map[bool]string{true: "1", false: "b"}[text[at] >= '0' && text[at] <= '9']
	if text[at:at+1] == next {
		next = map[string]string{"1": "2", "b": "c"}[next]
	}
	return text[:at] + next + text[at+1:]
}
