package ses

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/answer"
)

// AccountHandler serves the account as JSON under prefix (for example /_local/ses): GET prefix gives {"sandbox",
// "identities": [Identity]}; POST prefix/identities with {"name"} verifies an identity, POST prefix/sandbox with {"enabled"}
// moves the account into the sandbox or out of it. Both give the account; errors are {"error": text}.
func (b *Outbox) AccountHandler(prefix string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+prefix, func(w http.ResponseWriter, _ *http.Request) { b.replyAccount(w) })
	mux.HandleFunc("POST "+prefix+"/identities", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Name string }
		if !decode(w, r, &in) {
			return
		}
		if _, isAddress := bare(in.Name); !isAddress && (strings.ContainsAny(in.Name, "@ ") || !strings.Contains(in.Name, ".")) {
			answer.JSON(w, http.StatusBadRequest, map[string]string{"error": "ses: name must be an address or a domain, got " + quoted(in.Name)})
			return
		}
		b.Verify(in.Name)
		b.replyAccount(w)
	})
	mux.HandleFunc("POST "+prefix+"/sandbox", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Enabled *bool }
		if !decode(w, r, &in) {
			return
		}
		if in.Enabled == nil {
			answer.JSON(w, http.StatusBadRequest, map[string]string{"error": "ses: enabled is missing"})
			return
		}
		b.SetSandbox(*in.Enabled)
		b.replyAccount(w)
	})
	return mux
}

func (b *Outbox) replyAccount(w http.ResponseWriter) {
	b.mu.RLock()
	sandbox := b.sandbox
	b.mu.RUnlock()
	answer.JSON(w, http.StatusOK, map[string]any{"sandbox": sandbox, "identities": b.Identities()})
}

// decode reads a control's body, or responds with an error and returns false.
func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	const maxBody = 4096
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		answer.JSON(w, http.StatusBadRequest, map[string]string{"error": "ses: " + strings.TrimPrefix(err.Error(), "json: ")})
		return false
	}
	return true
}

func quoted(s string) string {
	text, _ := json.Marshal(s) // strings always marshal
	return string(text)
}
