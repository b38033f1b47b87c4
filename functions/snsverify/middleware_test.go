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
		"another method":        {request: httptest.NewRequest(http.MethodGet, "/", nil), want: http.StatusMethodNotAllowed},
		"no type":               {request: post(good, nil), want: http.StatusUnauthorized, reason: "snsverify: check delivery: header refused: X-Amz-Sns-Message-Type comes 0 times"},
		"an unknown type":       {request: post(good, with("X-Amz-Sns-Message-Type", "x")), want: http.StatusUnauthorized, reason: `snsverify: check delivery: header refused: unknown X-Amz-Sns-Message-Type "x"`},
		"the wrong type":        {request: post(good, with("X-Amz-Sns-Message-Type", "UnsubscribeConfirmation")), want: http.StatusUnauthorized},
		"a raw delivery":        {request: post([]byte("hi"), with("X-Amz-Sns-Rawdelivery", "true")), want: http.StatusUnauthorized, reason: "snsverify: check delivery: header refused: X-Amz-Sns-Rawdelivery: a raw delivery has no signature; turn raw message delivery off"},
		"no envelope":           {request: post([]byte("hi"), right), want: http.StatusBadRequest},
		"too much":              {request: post(bytes.Repeat([]byte(" "), snsverify.DefaultMaxBytes+2), right), want: http.StatusRequestEntityTooLarge},
		"a body that breaks":    {request: httptest.NewRequest(http.MethodPost, "/", failing{}), want: http.StatusBadRequest, reason: "snsverify: read: envelope refused: connection reset"},
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

func TestStatusCode(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]int{
		nil: 200, snsverify.ErrHeader: 401, snsverify.ErrEnvelope: 400, snsverify.ErrTooLarge: 413, snsverify.ErrVersion: 403,
		snsverify.ErrTopic: 403, snsverify.ErrAge: 403, snsverify.ErrCertificateURL: 403, snsverify.ErrCertificate: 403,
		snsverify.ErrSignature: 403, snsverify.ErrFetch: 503, errors.New("other"): 500,
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
