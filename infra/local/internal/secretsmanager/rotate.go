package secretsmanager

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// A Rotation says what to renew.
type Rotation struct {
	// Key of the value, a JSON object, that is generated anew, as it was generated at first, or with 64 letters and
	// digits. "" is the key that was generated at first; if none was, the whole value.
	Key string `json:"key"`
	// KeepPreviousAs is the key under which the old text stays. "" is nowhere.
	KeepPreviousAs string `json:"keep_previous_as"`
}

// Rotate renews a secret in place and makes the outcome AWSCURRENT. Errors wrap ErrNotFound, ErrRotate, ErrGenerate.
func (s *Store) Rotate(id string, r Rotation) (versionID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sec := s.find(id)
	if sec == nil {
		return "", fmt.Errorf("secrets: rotate: %w: %q", ErrNotFound, id)
	}
	value, err := s.renewed(sec, r)
	if err != nil {
		return "", err
	}
	v := &version{ID: s.newID(), Value: &value, Created: s.now().UTC()}
	sec.put(v, []string{Current})
	return v.ID, s.save()
}

func (s *Store) renewed(sec *secret, r Rotation) (string, error) {
	g := Generate{PasswordLength: pointer(64), ExcludePunctuation: true}
	if sec.Generate != nil {
		g = *sec.Generate
	}
	password, err := g.Password(s.random)
	if err != nil {
		return "", err
	}
	if r.Key == "" {
		r.Key = g.GenerateStringKey
	}
	if r.Key == "" {
		if r.KeepPreviousAs != "" {
			return "", fmt.Errorf("secrets: rotate: %w: keep_previous_as without a key", ErrRotate)
		}
		return password, nil
	}
	current := sec.staged(Current)
	var object map[string]any
	if current == nil || current.Value == nil || json.Unmarshal([]byte(*current.Value), &object) != nil || object == nil {
		return "", fmt.Errorf("secrets: rotate: %w: the value of %q is not a JSON object", ErrRotate, sec.Name)
	}
	old, ok := object[r.Key]
	if !ok {
		return "", fmt.Errorf("secrets: rotate: %w: the value of %q has no key %q", ErrRotate, sec.Name, r.Key)
	}
	if r.KeepPreviousAs != "" {
		object[r.KeepPreviousAs] = old
	}
	object[r.Key] = password
	return marshal(object)
}

const maxRotation = 4096

// ControlHandler serves, under prefix (for example /_local/secrets): GET prefix gives {"secrets": [{"name", "arn"}]},
// without values; POST prefix/NAME/rotate, with a Rotation or an empty body, renews a secret and gives {"version_id"}.
// NAME may hold slashes or be an ARN.
func (s *Store) ControlHandler(prefix string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+prefix, func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, s.names()) })
	mux.HandleFunc("POST "+prefix+"/", func(w http.ResponseWriter, r *http.Request) {
		id, ok := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, prefix+"/"), "/rotate")
		if !ok {
			reply(w, http.StatusNotFound, map[string]string{"error": "secrets: there is only " + prefix + "/NAME/rotate"})
			return
		}
		var rotation Rotation
		dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRotation))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&rotation); err != nil && r.ContentLength != 0 {
			reply(w, http.StatusBadRequest, map[string]string{"error": "secrets: rotate: " + err.Error()})
			return
		}
		versionID, err := s.Rotate(id, rotation)
		if err != nil {
			reply(w, statusOf(err), map[string]string{"error": err.Error()})
			return
		}
		reply(w, http.StatusOK, map[string]string{"version_id": versionID})
	})
	return mux
}

func (s *Store) names() any {
	type row struct {
		Name string `json:"name"`
		ARN  string `json:"arn"`
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	rows := []row{}
	for _, name := range slices.Sorted(maps.Keys(s.secrets)) {
		rows = append(rows, row{name, s.secrets[name].ARN})
	}
	return map[string]any{"secrets": rows}
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, ErrRotate), errors.Is(err, ErrGenerate):
		return http.StatusBadRequest
	}
	return http.StatusInternalServerError
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
