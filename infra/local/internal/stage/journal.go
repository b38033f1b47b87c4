package stage

import (
	"net/http"
	"strconv"
	"sync"

	"github.com/hermes-cdk/hermes/infra/local/internal/answer"
)

// kept is how many lines of all functions together a journal keeps.
const kept = 5000

// A journal keeps the last lines of all functions for /_local/logs.
type journal struct {
	mu    sync.Mutex
	lines []Line
	next  int
}

func (j *journal) add(l Line) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.lines) < kept {
		j.lines = append(j.lines, l)
		return
	}
	j.lines[j.next] = l
	j.next = (j.next + 1) % kept
}

// last returns at most limit lines, oldest first, of one function or of all ("").
func (j *journal) last(function string, limit int) []Line {
	j.mu.Lock()
	defer j.mu.Unlock()
	found := []Line{}
	for i := range j.lines {
		l := j.lines[(j.next+i)%len(j.lines)]
		if function == "" || l.Function == function {
			found = append(found, l)
		}
	}
	return found[max(0, len(found)-limit):]
}

// ServeHTTP serves GET ?function=&limit= with the lines as JSON, oldest first. Default: the last 500 of all functions.
func (j *journal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	limit := 500
	if text := r.URL.Query().Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			answer.JSON(w, http.StatusBadRequest, map[string]string{"error": "limit must be a positive number, got " + strconv.Quote(text)})
			return
		}
		limit = n
	}
	answer.JSON(w, http.StatusOK, j.last(r.URL.Query().Get("function"), limit))
}
