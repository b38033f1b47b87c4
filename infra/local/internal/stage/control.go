package stage

import (
	"context"
	"net/http"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/answer"
)

// control is the path of the control API, which is JSON.
const control = "/_local/"

// serveControl returns the handler of the control API.
func (s *Stage) serveControl() http.Handler {
	mux := http.NewServeMux()
	for path, h := range map[string]http.Handler{
		"health":      http.HandlerFunc(s.serveHealth),
		"logs":        &s.journal,
		"usage":       s.meter.Handler(control + "usage"),
		"faults":      s.faults.Handler(control + "faults"),
		"denied":      s.front.DeniedHandler(),
		"partitions":  s.front.PartitionsHandler(),
		"permissions": s.permissions,
		"outbox":      s.mails.ControlHandler(),
		"ses":         s.mails.AccountHandler(control + "ses"),
		"resources":   http.HandlerFunc(s.serveResources),
		"alarms":      http.HandlerFunc(s.serveAlarms),
		"sns":         http.HandlerFunc(s.serveAttempts),
	} {
		mux.Handle(control+path, h)
		mux.Handle(control+path+"/", h)
	}
	mux.HandleFunc(control, func(w http.ResponseWriter, r *http.Request) {
		answer.JSON(w, http.StatusNotFound, map[string]string{"error": "no control at " + r.URL.Path})
	})
	return mux
}

// serveHealth responds with 200 only when every part is healthy.
func (s *Stage) serveHealth(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	parts := map[string]bool{"stage": s.ready.Load()}
	for name, peer := range s.peers() {
		parts[name] = peer.Healthy(ctx)
	}
	status := http.StatusOK
	for _, healthy := range parts {
		if !healthy {
			status = http.StatusServiceUnavailable
		}
	}
	connections := 0
	for _, a := range s.sockets {
		connections += a.Len()
	}
	answer.JSON(w, status, map[string]any{
		"ready": status == http.StatusOK, "parts": parts, "connections": connections, "instances": s.instances(),
		"recursive_invocations_dropped": s.recursion.counts(), "pending_subscriptions": s.notifier.Pending(),
	})
}

// serveResources lists the template's resources and what is not run.
func (s *Stage) serveResources(w http.ResponseWriter, _ *http.Request) {
	if !s.ready.Load() {
		answer.JSON(w, http.StatusServiceUnavailable, map[string]string{"error": "the stage is starting"})
		return
	}
	answer.JSON(w, http.StatusOK, map[string]any{
		"outputs":    s.resources.Outputs,
		"functions":  s.describeFunctions(),
		"websocket":  s.resources.WebSocketAPIs,
		"http":       s.resources.HTTPAPIs,
		"tables":     s.resources.Tables,
		"queues":     s.resources.Queues,
		"topics":     s.resources.Topics,
		"buckets":    s.resources.Buckets,
		"rules":      s.resources.Rules,
		"dashboards": s.resources.Dashboards,
		"budgets":    s.resources.Budgets,
		"not_run":    s.resources.Inert,
	})
}

// describeFunctions omits the environment, which may hold secrets.
func (s *Stage) describeFunctions() []map[string]any {
	found := make([]map[string]any, len(s.resources.Functions))
	for i, f := range s.resources.Functions {
		found[i] = map[string]any{
			"name": f.Name, "path": s.constructs[f.Name], "arn": f.ARN, "role": f.Role,
			"memory_mb": f.MemoryMB, "timeout_s": f.Timeout.Seconds(),
		}
	}
	return found
}

func (s *Stage) serveAttempts(w http.ResponseWriter, _ *http.Request) {
	answer.JSON(w, http.StatusOK, map[string]any{"attempts": s.notifier.Attempts()})
}
