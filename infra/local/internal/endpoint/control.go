package endpoint

import (
	"net/http"

	"github.com/hermes-cdk/hermes/infra/local/internal/answer"
	"github.com/hermes-cdk/hermes/infra/local/internal/iam"
)

// A Reporter reports which permissions were used (see iam.Engine).
type Reporter interface {
	Report() iam.Report
}

// DeniedHandler serves the denied calls as JSON: GET gives {"total", "denied": [Denial]} with the last 1,000, oldest first;
// DELETE forgets them (204).
func (f *Front) DeniedHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet:
			list, total := f.denied.list()
			answer.JSON(w, http.StatusOK, map[string]any{"total": total, "denied": list})
		case http.MethodDelete:
			f.denied.clear()
			w.WriteHeader(http.StatusNoContent)
		default:
			w.Header().Set("Allow", "GET, DELETE")
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	})
}

// PermissionsHandler serves the permissions used, unused and missing, by role and by resource, as JSON: GET gives an
// iam.Report.
func PermissionsHandler(engine Reporter) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			w.Header().Set("Allow", "GET")
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		answer.JSON(w, http.StatusOK, engine.Report())
	})
}
