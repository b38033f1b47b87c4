package ses

import (
	"encoding/json"
	"net/http"
	"strconv"
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
			reply(w, http.StatusOK, map[string]any{"messages": list})
		case http.MethodDelete:
			if err := b.Clear(); err != nil {
				reply(w, http.StatusInternalServerError, map[string]string{"error": err.Error()})
				return
			}
			w.WriteHeader(http.StatusNoContent)
		default:
			w.Header().Set("Allow", "GET, DELETE")
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	})
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
