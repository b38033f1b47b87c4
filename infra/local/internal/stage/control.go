package stage

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// control is the path of the stage's own controls; all of them speak JSON.
const control = "/_local/"

// serveControl makes the handler of everything below control.
func (s *Stage) serveControl() http.Handler {
	mux := http.NewServeMux()
	for path, h := range map[string]http.Handler{
		"health":      http.HandlerFunc(s.serveHealth),
		"logs":        &s.journal,
		"usage":       s.meter.Handler(control + "usage"),
		"faults":      s.faults.Handler(control + "faults"),
		"denied":      s.front.DeniedHandler(),
		"permissions": s.permissions,
		"outbox":      s.mails.ControlHandler(),
		"resources":   http.HandlerFunc(s.serveResources),
		"alarms":      http.HandlerFunc(s.serveAlarms),
		"sns":         http.HandlerFunc(s.serveAttempts),
	} {
		mux.Handle(control+path, h)
		mux.Handle(control+path+"/", h)
	}
	mux.HandleFunc(control, func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusNotFound, map[string]string{"error": "no control at " + r.URL.Path})
	})
	return mux
}

// serveHealth answers 200 only when every part answers.
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
	writeJSON(w, status, map[string]any{
		"ready": status == http.StatusOK, "parts": parts, "connections": connections, "instances": s.instances(),
	})
}

// serveResources lists what the template asked for and how much of it runs.
func (s *Stage) serveResources(w http.ResponseWriter, _ *http.Request) {
	if !s.ready.Load() {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"error": "the stage is starting"})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"outputs":    s.world.Outputs,
		"functions":  s.describeFunctions(),
		"websocket":  s.world.WebSocketAPIs,
		"http":       s.world.HTTPAPIs,
		"tables":     s.world.Tables,
		"queues":     s.world.Queues,
		"topics":     s.world.Topics,
		"buckets":    s.world.Buckets,
		"rules":      s.world.Rules,
		"dashboards": s.world.Dashboards,
		"budgets":    s.world.Budgets,
		"not_run":    s.world.Inert,
	})
}

// describeFunctions leaves out the environment, which may hold what is nobody's business.
func (s *Stage) describeFunctions() []map[string]any {
	found := make([]map[string]any, len(s.world.Functions))
	for i, f := range s.world.Functions {
		found[i] = map[string]any{
			"name": f.Name, "path": s.constructs[f.Name], "arn": f.ARN, "role": f.Role,
			"memory_mb": f.MemoryMB, "timeout_s": f.Timeout.Seconds(),
		}
	}
	return found
}

func (s *Stage) serveAttempts(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"attempts": s.notifier.Attempts()})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // the client may have gone
}
