package ses

import (
	"net/http"
	"strconv"

	"github.com/hermes-cdk/hermes/infra/local/internal/answer"
)

// ControlHandler serves the outbox as JSON: GET gives {"messages": [Message]}, oldest first, with ?to= and ?subject= only
// those that contain the texts, with ?limit=N the last N; DELETE empties it (204).
func (b *Outbox) ControlHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet:
			q := r.URL.Query()
			list := b.Messages(q.Get("to"), q.Get("subject"))
			if n, err := strconv.Atoi(q.Get("limit")); err == nil && n >= 0 && n < len(list) {
				list = list[len(list)-n:]
			}
			answer.JSON(w, http.StatusOK, map[string]any{"messages": list})
		case http.MethodDelete:
			if err := b.Clear(); err != nil {
				answer.JSON(w, http.StatusInternalServerError, map[string]string{"error": err.Error()})
				return
			}
			w.WriteHeader(http.StatusNoContent)
		default:
			w.Header().Set("Allow", "GET, DELETE")
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	})
}
