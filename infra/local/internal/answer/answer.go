// Package answer answers requests under /_local/, by which the local stage is watched and steered.
package answer

import (
	"encoding/json"
	"net/http"
)

// JSON answers with body as JSON.
func JSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(body) // the client may have disconnected
}
