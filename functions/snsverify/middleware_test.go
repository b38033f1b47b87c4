package snsverify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/snsverify"
)

func post(body []byte, h http.Header) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/alerts", bytes.NewReader(body))
	for name, values := range h {
		r.Header[name] = values
	}
	return r
}

func TestMiddlewareHandsTheMessageOn(t *testing.T) {
	t.Parallel()
	var got snsverify.Message
	handler := setup(t).Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, _ = snsverify.FromContext(r.Context())
		if rest, _ := io.ReadAll(r.Body); len(rest) > 0 {
			t.Errorf("the handler could read %q", rest)
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, post(notification(pair{"Subject", "Hi"}).sent(), header("Notification", testID, testTopic)))
	if n, ok := got.(*snsverify.Notification); !ok || n.Subject != "Hi" || w.Code != http.StatusAccepted {
		t.Errorf("message %+v, status %d", got, w.Code)
	}
	if _, ok := snsverify.FromContext(context.Background()); ok {
		t.Error("a message from an empty context")
	}
}

func TestMiddlewareAnswers(t *testing.T) {
	t.Parallel()
	good, right := notification().sent(), header("Notification", testID, testTopic)
	with := func(name, value string) http.Header {
		h := right.Clone()
		h.Set(name, value)
		return h
	}
	for name, c := range map[string]struct {
		request *http.Request
		wire    func(*http.Request) (*http.Response, error)
		want    int
		reason  string
	}{
		"no type":               {request: post(good, nil), want: http.StatusUnauthorized, reason: "snsverify: check delivery: header refused: X-Amz-Sns-Message-Type comes 0 times"},
		"an unknown type":       {request: post(good, with("X-Amz-Sns-Message-Type", "x")), want: http.StatusUnauthorized, reason: `snsverify: check delivery: header refused: unknown X-Amz-Sns-Message-Type "x"`},
		"the wrong type":        {request: post(good, with("X-Amz-Sns-Message-Type", "UnsubscribeConfirmation")), want: http.StatusUnauthorized},
		"a raw delivery":        {request: post([]byte("hi"), with("X-Amz-Sns-Rawdelivery", "true")), want: http.StatusUnauthorized, reason: "snsverify: check delivery: header refused: X-Amz-Sns-Rawdelivery: a raw delivery has no signature; turn raw message delivery off"},
		"no envelope":           {request: post([]byte("hi"), right), want: http.StatusBadRequest},
		"too much":              {request: post(bytes.Repeat([]byte(" "), snsverify.DefaultMaxBytes+2), right), want: http.StatusRequestEntityTooLarge},
		"a body that breaks":    {request: httptest.NewRequest(http.MethodPost, "/", failing{}), want: http.StatusServiceUnavailable, reason: "snsverify: read: body not read: connection reset"},
		"a forged message":      {request: post(bytes.Replace(good, []byte("Hello"), []byte("Hallo"), 1), right), want: http.StatusForbidden},
		"another certificate":   {request: post(good, right), wire: answerWith(http.StatusOK, nil), want: http.StatusForbidden},
		"no certificate so far": {request: post(good, right), wire: answerWith(http.StatusInternalServerError, nil), want: http.StatusServiceUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			b := setup(t, snsverify.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
			if c.wire != nil {
				b.wire.answer = c.wire
			}
			if name == "a body that breaks" {
				c.request.Header = right
			}
			w := httptest.NewRecorder()
			b.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				t.Error("the handler was called")
			})).ServeHTTP(w, c.request)
			if w.Code != c.want || strings.TrimSpace(w.Body.String()) != http.StatusText(c.want) {
				t.Errorf("answered %d %q, want %d", w.Code, w.Body, c.want)
			}
			if !strings.Contains(log.String(), fmt.Sprintf("%q", c.reason)) && c.reason != "" {
				t.Errorf("log %s, want the reason %q", &log, c.reason)
			}
		})
	}
}

func TestMiddlewareLetsPostThroughAlone(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "post", "QUERY"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			r := post(notification().sent(), header("Notification", testID, testTopic))
			r.Method = method
			w := httptest.NewRecorder()
			setup(t).Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				t.Error("the handler was called")
			})).ServeHTTP(w, r)
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != http.MethodPost {
				t.Errorf("answered %d, allowing %q", w.Code, w.Header().Get("Allow"))
			}
		})
	}
}

// SNS gives up after a 4xx, and the next delivery of a genuine message may be whole.
func TestABodyThatStallsIsToBeDeliveredAgain(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(setup(t).Middleware(http.NotFoundHandler()))
	server.Config.ReadTimeout = 50 * time.Millisecond
	server.Start()
	t.Cleanup(server.Close)
	body, written := io.Pipe()
	t.Cleanup(func() { _ = written.Close() })
	half := notification().sent()
	go func() { _, _ = written.Write(half[:len(half)/2]) }()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header, r.ContentLength = header("Notification", testID, testTopic), int64(len(half))
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("answered %s, want 503", response.Status)
	}
}

func TestALimitBeforeTheMiddlewareIsTooLarge(t *testing.T) {
	t.Parallel()
	w, body := httptest.NewRecorder(), notification().sent()
	http.MaxBytesHandler(setup(t).Middleware(http.NotFoundHandler()), int64(len(body)-1)).
		ServeHTTP(w, post(body, header("Notification", testID, testTopic)))
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("answered %d, want 413", w.Code)
	}
}

// Whoever finds the endpoint may send a megabyte of anything, and logs are paid for by size. U+202E is quoted as \u202e, twice
// as long as it is.
func TestALogLineStaysShortUnderAttack(t *testing.T) {
	t.Parallel()
	const longest = 5 << 10
	long := strings.Repeat("\u202e", 300<<10/3)
	longer := long + long + long
	attributes := func(text string) []byte {
		good := string(notification().sent())
		return []byte(strings.TrimSuffix(good, "}") + `,"MessageAttributes":{` + text + "}}")
	}
	right := header("Notification", testID, testTopic)
	withHeader := func(name string) http.Header {
		h := right.Clone()
		h.Set(name, longer)
		return h
	}
	for name, c := range map[string]struct {
		body   []byte
		header http.Header
	}{
		"a key twice":                   {notification(pair{long, "1"}, pair{long, "2"}).sent(), right},
		"an attribute twice":            {attributes(`"` + long + `":{"Type":"String","Value":"1"},"` + long + `":{}`), right},
		"an attribute with a key":       {attributes(`"` + long + `":{"` + long + `":"1"}`), right},
		"an attribute without value":    {attributes(`"` + longer + `":{}`), right},
		"a Type":                        {notification().with("Type", longer).sent(), right},
		"a MessageId":                   {notification().with("MessageId", longer).sent(), right},
		"a Timestamp":                   {notification().with("Timestamp", longer).sent(), right},
		"a TopicArn":                    {notification().with("TopicArn", longer).sent(), header("Notification", testID, longer)},
		"a newline in Subject":          {notification(pair{"Subject", longer + "\n"}).sent(), right},
		"a SignatureVersion":            {notification().with("SignatureVersion", longer).sent(), right},
		"a Signature":                   {notification().with("Signature", longer).json(), right},
		"a SigningCertURL":              {notification().with("SigningCertURL", longer).sent(), right},
		"a SigningCertURL and its file": {notification().with("SigningCertURL", longer+"/SimpleNotificationService-"+testName+".pem").sent(), right},
		"no JSON":                       {[]byte(longer), right},
		"an escape":                     {[]byte(`{"\` + longer), right},
		"text after the object":         {append(notification().sent(), longer...), right},
		"the header of the type":        {notification().sent(), withHeader(snsverify.HeaderMessageType)},
		"the header of the id":          {notification().sent(), withHeader(snsverify.HeaderMessageID)},
		"the header of the topic":       {notification().sent(), withHeader(snsverify.HeaderTopicARN)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			w := httptest.NewRecorder()
			setup(t, snsverify.WithLogger(slog.New(slog.NewJSONHandler(&log, nil)))).Middleware(http.NotFoundHandler()).
				ServeHTTP(w, post(c.body, c.header))
			if n := len(c.body) + len(fmt.Sprint(c.header)); n < 600<<10 {
				t.Fatalf("the attack has %d bytes", n)
			}
			if w.Code < 400 || log.Len() == 0 || log.Len() > longest {
				t.Errorf("answered %d, logged %d bytes, at most %d are wanted: %.300s", w.Code, log.Len(), longest, &log)
			}
		})
	}
}

func TestStatusCode(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]int{
		nil: 200, snsverify.ErrHeader: 401, snsverify.ErrEnvelope: 400, snsverify.ErrTooLarge: 413, snsverify.ErrVersion: 403,
		snsverify.ErrTopic: 403, snsverify.ErrAge: 403, snsverify.ErrCertificateURL: 403, snsverify.ErrCertificate: 403,
		snsverify.ErrSignature: 403, snsverify.ErrFetch: 503, snsverify.ErrRead: 503, errors.New("other"): 500,
	} {
		if err != nil {
			err = fmt.Errorf("wrapped: %w", err)
		}
		if got := snsverify.StatusCode(err); got != want {
			t.Errorf("StatusCode(%v) = %d, want %d", err, got, want)
		}
	}
}

// An endless body says how much of it was read.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	if e.read > 2*snsverify.DefaultMaxBytes {
		return 0, errors.New("read too far")
	}
	return len(p), nil
}

func TestMiddlewareDoesNotReadOn(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodPost, "/", &endless{})
	r.Header = header("Notification", testID, testTopic)
	w := httptest.NewRecorder()
	setup(t).Middleware(http.NotFoundHandler()).ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("answered %d, want 413", w.Code)
	}
}
