package snsverify_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hermes-cdk/hermes/functions/snsverify"
)

func seeds(f *testing.F) {
	f.Helper()
	for _, d := range []document{
		notification(), notification(pair{"Subject", "Hi"}), notification(pair{"Subject", nil}),
		notification(pair{"MessageAttributes", map[string]any{"a": map[string]string{"Type": "String", "Value": "b"}}}),
		confirmation("SubscriptionConfirmation"), confirmation("UnsubscribeConfirmation"),
		notification().with("MessageId", testID+"\nSubject\nx"), notification(pair{"message", "x"}),
	} {
		f.Add(d.sent())
	}
	for _, text := range []string{"", "{", "{}", "null", `{"Type":null}`, `{"Type":"\ud83d\ude00"}`, `{"a":"\u00`, "\xff", `{"":""}`} {
		f.Add([]byte(text))
	}
}

// FuzzVerify lets nothing but the signed text through, whatever is done to the bytes around it.
func FuzzVerify(f *testing.F) {
	seeds(f)
	signed := map[string]bool{}
	for _, d := range []document{
		notification(), notification(pair{"Subject", "Hi"}),
		confirmation("SubscriptionConfirmation"), confirmation("UnsubscribeConfirmation"),
	} {
		signed[d.stringToSign()] = true
	}
	b := setup(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		message, err := b.Verify(context.Background(), body, nil)
		if (message == nil) == (err == nil) {
			t.Fatalf("message %v and error %v", message, err)
		}
		if err != nil {
			if status := snsverify.StatusCode(err); status == 200 || status == 500 {
				t.Fatalf("status %d for %v", status, err)
			}
			return
		}
		// What was accepted must read the same to encoding/json, and sign as one of ours.
		if !utf8.Valid(body) || !json.Valid(body) {
			t.Fatalf("accepted what is not JSON: %q", body)
		}
		if text := readByOthers(t, body).stringToSign(); !signed[text] {
			t.Fatalf("accepted a text that was never signed: %q", text)
		}
	})
}

// readByOthers reads body as encoding/json does.
func readByOthers(t *testing.T, body []byte) document {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal(body, &members); err != nil {
		t.Fatal(err)
	}
	var d document
	for key, value := range members {
		d = append(d, pair{key, value})
	}
	return d
}

// FuzzEnvelope compares our reader of JSON with encoding/json: what ours takes, the other must take with equal values.
func FuzzEnvelope(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		read, err := snsverify.ReadEnvelope(body)
		if err != nil {
			return
		}
		d := readByOthers(t, body)
		for key, got := range read {
			want, ok := d.get(key)
			if !ok {
				want, ok = d.get(strings.Replace(key, "URL", "Url", 1))
			}
			if !ok || got != want {
				t.Errorf("%s is %q, encoding/json says %q (%t)", key, got, want, ok)
			}
		}
	})
}
