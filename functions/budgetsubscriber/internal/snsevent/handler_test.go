package snsevent_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/smithy-go"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/snsevent"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/subscriber"
	"github.com/hermes-cdk/hermes/functions/internal/logging"
	"github.com/hermes-cdk/hermes/functions/snsverify"
)

// receiver answers by what the body says, and remembers.
type receiver struct {
	errs   map[string]error
	bodies []string
	again  []string
	mailed []string
	header http.Header
	left   time.Duration
}

func (r *receiver) Receive(ctx context.Context, body []byte, header http.Header) error {
	r.bodies, r.header = append(r.bodies, string(body)), header
	if deadline, ok := ctx.Deadline(); ok {
		r.left = time.Until(deadline)
	}
	return r.errs[string(body)]
}

func (r *receiver) ReceiveAgain(_ context.Context, body []byte) error {
	r.again = append(r.again, string(body))
	return r.errs[string(body)]
}

func (r *receiver) Mailed(_ context.Context, messageID, to string) error {
	r.mailed = append(r.mailed, messageID+" to "+to)
	return r.errs[messageID]
}

func TestEventsOfSESReportMails(t *testing.T) {
	t.Parallel()
	const event = `{"source":"aws.ses","detail-type":"Email Sent","detail":{"eventType":"Send","mail":{"tags":{%s"ses:from-domain":["x.example"]}}}}`
	for _, c := range []struct{ name, tags, want string }{
		{"one of the function's", `"hermes_message":["m"],"hermes_receiver":["r"],`, "[m to r]"},
		{"one of somebody else's", ``, "[]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := &receiver{}
			if _, err, _ := handle(t, r, fmt.Sprintf(event, c.tags)); err != nil || fmt.Sprint(r.mailed) != c.want {
				t.Errorf("got %v, %v", r.mailed, err)
			}
		})
	}
	t.Run("and are repeated when they cannot be noted", func(t *testing.T) {
		t.Parallel()
		down := errors.New("down")
		r := &receiver{errs: map[string]error{"m": down}}
		if _, err, _ := handle(t, r, fmt.Sprintf(event, `"hermes_message":["m"],"hermes_receiver":["r"],`)); !errors.Is(err, down) {
			t.Errorf("got %v", err)
		}
	})
}

func handle(t *testing.T, r *receiver, event string) (any, error, string) { //nolint:revive,staticcheck // the log comes last
	t.Helper()
	var log bytes.Buffer
	answer, err := snsevent.Handler{Receiver: r, Log: slog.New(slog.NewTextHandler(&log, nil))}.Handle(t.Context(), json.RawMessage(event))
	return answer, err, log.String()
}

func request(headers map[string]string, body string, base64Encoded bool) string {
	text, _ := json.Marshal(map[string]any{
		"version": "2.0", "routeKey": "POST /budget-subscriber", "headers": headers, "body": body, "isBase64Encoded": base64Encoded,
		"requestContext": map[string]any{"http": map[string]any{"method": "POST"}},
	})
	return string(text)
}

var notification = map[string]string{"x-amz-sns-message-type": "Notification", "content-type": "text/plain; charset=UTF-8"}

func TestRequests(t *testing.T) {
	t.Parallel()
	refused := &smithy.GenericAPIError{Code: "MessageRejected", Fault: smithy.FaultClient}
	for _, c := range []struct {
		name   string
		err    error
		status int
		body   string
	}{
		{"what is done", nil, 200, "OK\n"},
		{"a mail for which the account is not set up", fmt.Errorf("%w: %w", subscriber.ErrNotSetUp, refused), 500, "Internal Server Error\n"},
		{"what is not understood", fmt.Errorf("%w: why", subscriber.ErrNotUnderstood), 400, "message not understood: why\n"},
		{"a header that contradicts", snsverify.ErrHeader, 401, "Unauthorized\n"},
		{"a malformed envelope", snsverify.ErrEnvelope, 403, "Forbidden\n"},
		{"too long a message", snsverify.ErrTooLarge, 403, "Forbidden\n"},
		{"an old signature version", snsverify.ErrVersion, 403, "Forbidden\n"},
		{"another topic", snsverify.ErrTopic, 403, "Forbidden\n"},
		{"an old message", snsverify.ErrAge, 403, "Forbidden\n"},
		{"a strange certificate URL", snsverify.ErrCertificateURL, 403, "Forbidden\n"},
		{"a strange certificate", snsverify.ErrCertificate, 403, "Forbidden\n"},
		{"a wrong signature", fmt.Errorf("subscriber: %w", snsverify.ErrSignature), 403, "Forbidden\n"},
		{"a refused AWS call", fmt.Errorf("subscriber: %w", refused), 409, "Conflict\n"},
		{"a certificate that cannot be had", snsverify.ErrFetch, 500, "Internal Server Error\n"},
		{"anything else", errors.New("x"), 500, "Internal Server Error\n"},
	} {
		t.Run(fmt.Sprintf("%s is answered by %d", c.name, c.status), func(t *testing.T) {
			t.Parallel()
			answer, err, log := handle(t, &receiver{errs: map[string]error{"b": c.err}}, request(notification, "b", false))
			got, ok := answer.(events.APIGatewayV2HTTPResponse)
			if err != nil || !ok || got.StatusCode != c.status || got.Body != c.body {
				t.Errorf("got %+v, %v", answer, err)
			}
			if c.status == 400 && log != "" { // the error quotes the message
				t.Errorf("logged %s", log)
			}
		})
	}
	for name, headers := range map[string]map[string]string{
		"without a type":            {},
		"of an unknown type":        {"x-amz-sns-message-type": "Other"},
		"with two types":            {"x-amz-sns-message-type": "Notification,Notification"},
		"that is a raw delivery":    {"x-amz-sns-message-type": "Notification", "x-amz-sns-rawdelivery": "true"},
		"with two spellings of one": {"x-amz-sns-message-type": "Notification", "X-Amz-Sns-Message-Type": "Notification"},
	} {
		t.Run("a request "+name+" is answered by 401 and read no further", func(t *testing.T) {
			t.Parallel()
			r := &receiver{}
			answer, err, _ := handle(t, r, request(headers, "b", false))
			if got := answer.(events.APIGatewayV2HTTPResponse); err != nil || got.StatusCode != 401 || len(r.bodies) != 0 {
				t.Errorf("got %+v, %v, read %v", got, err, r.bodies)
			}
		})
	}
	t.Run("a request is one although it brings records", func(t *testing.T) {
		t.Parallel()
		r := &receiver{}
		event := strings.TrimSuffix(request(notification, "b", false), "}") + `,"Records":[{"eventSource":"aws:sqs","body":"again"},{"EventSource":"aws:sns","Sns":{}}]}`
		answer, err, _ := handle(t, r, event)
		if got, ok := answer.(events.APIGatewayV2HTTPResponse); err != nil || !ok || got.StatusCode != 200 || fmt.Sprint(r.bodies) != "[b]" || r.again != nil {
			t.Errorf("got %+v, %v, read %v and %v", answer, err, r.bodies, r.again)
		}
	})
	t.Run("a megabyte in an error or a header is a short line of the log", func(t *testing.T) {
		t.Parallel()
		long := strings.Repeat("\u202e", 1<<20/3)
		for name, c := range map[string]struct {
			err     error
			headers map[string]string
		}{
			"error":  {fmt.Errorf("%w: %q", snsverify.ErrEnvelope, long), notification},
			"header": {nil, map[string]string{"x-amz-sns-message-type": long}},
		} {
			var log bytes.Buffer
			h := snsevent.Handler{Receiver: &receiver{errs: map[string]error{"b": c.err}}, Log: logging.New(&log, "notify", "")}
			if _, err := h.Handle(t.Context(), json.RawMessage(request(c.headers, "b", false))); err != nil || log.Len() == 0 || log.Len() > 5<<10 {
				t.Errorf("%s: %d bytes, %v", name, log.Len(), err)
			}
		}
	})
	t.Run("a body in base64 is decoded", func(t *testing.T) {
		t.Parallel()
		r := &receiver{}
		_, err, _ := handle(t, r, request(notification, base64.StdEncoding.EncodeToString([]byte("ü")), true))
		if err != nil || fmt.Sprint(r.bodies) != "[ü]" || r.header.Get("X-Amz-Sns-Message-Type") != "Notification" {
			t.Errorf("read %v, %v", r.bodies, err)
		}
	})
	t.Run("a body that is no base64 is refused", func(t *testing.T) {
		t.Parallel()
		answer, err, _ := handle(t, &receiver{}, request(notification, "%%%", true))
		if got := answer.(events.APIGatewayV2HTTPResponse); err != nil || got.StatusCode != 403 {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("a second of the deadline is kept back", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		r := &receiver{}
		if _, err := (snsevent.Handler{Receiver: r, Log: slog.New(slog.DiscardHandler)}).Handle(ctx, json.RawMessage(request(notification, "b", false))); err != nil || r.left > 59*time.Second || r.left < 30*time.Second {
			t.Errorf("%v are left, %v", r.left, err)
		}
	})
}

func TestEventsOfSNS(t *testing.T) {
	t.Parallel()
	const event = `{"Records":[{"EventSource":"aws:sns","Sns":{"a" : "ü<"}},{"EventSource":"aws:sns","Sns":{"b":1}}]}`
	t.Run("are handed over as they were written", func(t *testing.T) {
		t.Parallel()
		r := &receiver{}
		if _, err, _ := handle(t, r, event); err != nil || fmt.Sprint(r.bodies) != `[{"a" : "ü<"} {"b":1}]` || r.header != nil {
			t.Errorf("read %v, %v", r.bodies, err)
		}
	})
	t.Run("fail for what a later try can cure, after all were tried", func(t *testing.T) {
		t.Parallel()
		down := errors.New("down")
		r := &receiver{errs: map[string]error{`{"a" : "ü<"}`: down}}
		if _, err, _ := handle(t, r, event); !errors.Is(err, down) || len(r.bodies) != 2 {
			t.Errorf("read %v, %v", r.bodies, err)
		}
	})
	t.Run("fail for all that failed, be it refused or down", func(t *testing.T) {
		t.Parallel()
		down, refused := errors.New("down"), &smithy.GenericAPIError{Code: "MessageRejected", Fault: smithy.FaultClient}
		r := &receiver{errs: map[string]error{`{"a" : "ü<"}`: refused, `{"b":1}`: down}}
		if _, err, _ := handle(t, r, event); !errors.Is(err, down) || !errors.Is(err, refused) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("do not fail for what is forged or not understood", func(t *testing.T) {
		t.Parallel()
		r := &receiver{errs: map[string]error{`{"a" : "ü<"}`: snsverify.ErrSignature, `{"b":1}`: subscriber.ErrNotUnderstood}}
		if _, err, log := handle(t, r, event); err != nil || !strings.Contains(log, "delivery refused") {
			t.Errorf("got %v, log %s", err, log)
		}
	})
}

func TestLettersThatAreSentBack(t *testing.T) {
	t.Parallel()
	records := func(bodies ...string) string {
		var in events.SQSEvent
		for i, body := range bodies {
			in.Records = append(in.Records, events.SQSMessage{MessageId: fmt.Sprint(i), EventSource: "aws:sqs", Body: body})
		}
		text, _ := json.Marshal(in)
		return string(text)
	}
	r := &receiver{errs: map[string]error{"b": subscriber.ErrNotUnderstood, "s": errors.New("down")}}
	answer, err, log := handle(t, r, records("a", "b", `{"Records":[{"EventSource":"aws:sns","Sns":{"c":1}}]}`, "s"))
	got, ok := answer.(events.SQSEventResponse)
	if err != nil || !ok || fmt.Sprint(got.BatchItemFailures) != "[{1} {3}]" {
		t.Errorf("got %+v, %v", answer, err)
	}
	if fmt.Sprint(r.again) != `[a b {"c":1} s]` || len(r.bodies) != 0 {
		t.Errorf("read %v and %v", r.again, r.bodies)
	}
	if !strings.Contains(log, `record_id=1 status=400 error="Bad Request"`) || !strings.Contains(log, "record_id=3 status=500 error=down") {
		t.Errorf("log %s", log)
	}
}

func TestALetterOfSeveralMessagesFailsWithAnyOfThem(t *testing.T) {
	t.Parallel()
	for _, failing := range []string{`{"c":1}`, `{"d":2}`} {
		r := &receiver{errs: map[string]error{failing: errors.New("down")}}
		letter, _ := json.Marshal(`{"Records":[{"EventSource":"aws:sns","Sns":{"c":1}},{"EventSource":"aws:sns","Sns":{"d":2}}]}`)
		answer, err, _ := handle(t, r, `{"Records":[{"eventSource":"aws:sqs","messageId":"0","body":`+string(letter)+`}]}`)
		got, ok := answer.(events.SQSEventResponse)
		if err != nil || !ok || fmt.Sprint(got.BatchItemFailures) != "[{0}]" || len(r.again) != 2 {
			t.Errorf("%s fails: got %+v, %v, read %v", failing, answer, err, r.again)
		}
	}
}

func TestOtherEventsAreRefused(t *testing.T) {
	t.Parallel()
	for name, event := range map[string]string{
		"nothing": `{}`, "no JSON": `x`, "an S3 event": `{"Records":[{"eventSource":"aws:s3"}]}`, "no records": `{"Records":[]}`, "null": `null`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err, _ := handle(t, &receiver{}, event); !errors.Is(err, snsevent.ErrUnknownEvent) {
				t.Errorf("got %v", err)
			}
		})
	}
}
