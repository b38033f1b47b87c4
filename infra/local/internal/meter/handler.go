package meter

import (
	"net/http"

	"github.com/hermes-cdk/hermes/infra/local/internal/answer"
)

// Handler serves the usage as JSON under prefix (for example /_local/usage): GET prefix gives Usage, POST prefix/reset resets
// it (204), GET prefix/prices returns the price table with its sources.
func (m *Meter) Handler(prefix string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+prefix, func(w http.ResponseWriter, _ *http.Request) { answer.JSON(w, http.StatusOK, m.Usage()) })
	mux.HandleFunc("GET "+prefix+"/prices", func(w http.ResponseWriter, _ *http.Request) { answer.JSON(w, http.StatusOK, m.prices) })
	mux.HandleFunc("POST "+prefix+"/reset", func(w http.ResponseWriter, _ *http.Request) {
		m.Reset()
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}
