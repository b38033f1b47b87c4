package subscriber_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/testenv"
	"github.com/hermes-cdk/hermes/functions/snsverify"
)

// certificates answers requests for certificates from a folder.
type certificates string

func (dir certificates) RoundTrip(r *http.Request) (*http.Response, error) {
	text, err := os.ReadFile(filepath.Join(string(dir), path.Base(r.URL.Path)))
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Request: r, Body: io.NopCloser(bytes.NewReader(text)), ContentLength: int64(len(text)),
		Header: http.Header{}, ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

func TestAGenuineAlertOfAWSIsSent(t *testing.T) {
	t.Parallel()
	dir := testenv.GenuineMessages(t)
	text, err := os.ReadFile(filepath.Join(dir, "budget-forecasted.json"))
	if err != nil {
		t.Fatal(err)
	}
	var said struct {
		TopicArn  string
		Timestamp time.Time
	}
	if err := json.Unmarshal(text, &said); err != nil {
		t.Fatal(err)
	}
	verifier, err := snsverify.New([]string{said.TopicArn}, snsverify.WithClock(func() time.Time { return said.Timestamp }),
		snsverify.WithHTTPClient(&http.Client{Transport: certificates(dir)}))
	if err != nil {
		t.Fatal(err)
	}
	w := newPeers()
	s := w.subscriber(t)
	s.Verifier = verifier
	if err := s.Receive(t.Context(), text, http.Header{"X-Amz-Sns-Message-Type": {"Notification"}}); err != nil {
		t.Fatal(err)
	}
	if m := w.mails["ada@example.com"]; len(m) != 1 || m[0].Subject != "Cost control alert: 4750% of test reached" {
		t.Errorf("mails %+v", m)
	}
	t.Run("and one with a changed amount is not", func(t *testing.T) {
		w := newPeers()
		s := w.subscriber(t)
		s.Verifier = verifier
		forged := bytes.Replace(text, []byte("$0.95"), []byte("$0.96"), 1)
		if err := s.Receive(t.Context(), forged, nil); err == nil || len(w.mails) != 0 {
			t.Errorf("notified %s, %v", w.notified(), err)
		}
	})
}
