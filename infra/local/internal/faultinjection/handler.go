package faultinjection

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/answer"
)

const maxRuleBytes = 64 << 10

// Handler serves the rules as JSON under prefix (for example /_local/faults): GET lists them, POST adds one (201, the
// rule with its id), DELETE removes all, DELETE prefix/ID removes one (204). Errors are {"error": text}.
func (i *Injector) Handler(prefix string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+prefix, func(w http.ResponseWriter, _ *http.Request) {
		answer.JSON(w, http.StatusOK, map[string]any{"rules": i.Rules()})
	})
	mux.HandleFunc("POST "+prefix, i.post)
	mux.HandleFunc("DELETE "+prefix, func(w http.ResponseWriter, _ *http.Request) {
		i.Clear()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("DELETE "+prefix+"/{id}", func(w http.ResponseWriter, r *http.Request) {
		if err := i.Remove(r.PathValue("id")); err != nil {
			fail(w, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

func (i *Injector) post(w http.ResponseWriter, r *http.Request) {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRuleBytes))
	// A misspelt field would make a rule that never strikes, or always.
	dec.DisallowUnknownFields()
	var rule Rule
	if err := dec.Decode(&rule); err != nil {
		answer.JSON(w, http.StatusBadRequest, map[string]string{"error": "faults: add: " + strings.TrimPrefix(err.Error(), "json: ")})
		return
	}
	added, err := i.Add(rule)
	if err != nil {
		fail(w, err)
		return
	}
	answer.JSON(w, http.StatusCreated, added)
}

func fail(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	switch {
	case errors.Is(err, ErrRule):
		status = http.StatusBadRequest
	case errors.Is(err, ErrNotFound):
		status = http.StatusNotFound
	}
	answer.JSON(w, status, map[string]string{"error": err.Error()})
}
