package secretsmanager

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestARotationKeepsTheOldKeyBesideTheNew(t *testing.T) {
	t.Parallel()
	store, client := open(t, "")
	arn, err := store.Ensure(Spec{Name: "a/b", Generate: &Generate{SecretStringTemplate: `{"passcode":"p"}`, GenerateStringKey: "signing_key", PasswordLength: pointer(40)}})
	if err != nil {
		t.Fatal(err)
	}
	parse := func(stage string) (v map[string]string) {
		if err := json.Unmarshal([]byte(value(t, client, arn, stage)), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	before := parse("")
	w := httptest.NewRecorder()
	store.ControlHandler("/_local/secrets").ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/_local/secrets/a/b/rotate",
		strings.NewReader(`{"key":"signing_key","keep_previous_as":"previous_signing_key"}`)))
	if w.Code != 200 || strings.Contains(w.Body.String(), before["signing_key"]) {
		t.Fatalf("answer = %d %s", w.Code, w.Body)
	}
	after := parse("")
	if after["previous_signing_key"] != before["signing_key"] || after["passcode"] != "p" {
		t.Error("the old key or another field is not where it should be")
	}
	if after["signing_key"] == before["signing_key"] || len(after["signing_key"]) != 40 {
		t.Error("the key is not a new one of 40 characters")
	}
	if parse("AWSPREVIOUS")["signing_key"] != before["signing_key"] {
		t.Error("AWSPREVIOUS is not the value from before")
	}
}

func TestABadRotationIsRefused(t *testing.T) {
	t.Parallel()
	store, _ := open(t, "")
	for _, spec := range []Spec{{Name: "text", SecretString: "hidden text"}, {Name: "object", SecretString: `{"a":"b"}`}} {
		if _, err := store.Ensure(spec); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name, path, body string
		status           int
		want             string
	}{
		{"an unknown secret", "/s/none/rotate", "", 404, `{"error":"secrets: rotate: no such secret: \"none\""}`},
		{"an unknown key", "/s/object/rotate", `{"key":"c"}`, 400, `{"error":"secrets: rotate: cannot rotate: the value of \"object\" has no key \"c\""}`},
		{"a key of a text", "/s/text/rotate", `{"key":"c"}`, 400, `{"error":"secrets: rotate: cannot rotate: the value of \"text\" is not a JSON object"}`},
		{"a previous text without a key", "/s/text/rotate", `{"keep_previous_as":"c"}`, 400, `{"error":"secrets: rotate: cannot rotate: keep_previous_as without a key"}`},
		{"an unknown field", "/s/text/rotate", `{"keys":"c"}`, 400, `{"error":"secrets: rotate: json: unknown field \"keys\""}`},
		{"another path", "/s/text", "", 404, `{"error":"secrets: there is only /s/NAME/rotate"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			store.ControlHandler("/s").ServeHTTP(w, httptest.NewRequest(http.MethodPost, tt.path, strings.NewReader(tt.body)))
			if got := strings.TrimSpace(w.Body.String()); w.Code != tt.status || got != tt.want {
				t.Errorf("answer = %d %s, want %d %s", w.Code, got, tt.status, tt.want)
			}
		})
	}
}

func FuzzAPI(f *testing.F) {
	for name := range operations {
		f.Add(name, `{"SecretId":"s","SecretString":"x","VersionStage":"AWSCURRENT","PasswordLength":8}`)
	}
	f.Fuzz(func(t *testing.T, name, body string) {
		store, err := New(Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Ensure(Spec{Name: "s", SecretString: "{}"}); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("X-Amz-Target", "secretsmanager."+name)
		store.ServeHTTP(httptest.NewRecorder(), r)
	})
}
