package deliver

import (
	"context"
	"sync"
	"time"
)

// A window bounds how many posts are under way in this process, and finds the rate that the account allows.
//
// API Gateway's quota (10,000 requests a second and a burst of 5,000) is shared by every caller of the account and region,
// and nobody is told how much of it is left; so the window does what TCP does: it grows by one place for each round of
// successes and shrinks by a part when the account is throttled. A single connection that is throttled, because its client
// does not read, says nothing of the account: only a second one soon after the first shrinks the window.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
type window struct {
	mu      sync.Mutex
	most    float64
	size    float64
	inUse   int
	waiting []chan struct{} // first come, first served

	lastThrottled   string
	lastThrottledAt time.Time
	lastCutAt       time.Time
}

const (
	// leastWindow keeps a throttled process moving.
	leastWindow = 4
	// windowCut is what remains of the window after it shrank.
	windowCut = 0.6
	// cutPause lets the posts that were under way at the last cut come back before the next.
	cutPause = 50 * time.Millisecond
	// throttleMemory is how close two throttled connections are for the account to be the reason.
	throttleMemory = 100 * time.Millisecond
)

func newWindow(most int) *window { return &window{most: float64(most), size: float64(most)} }

// acquire waits for a place. It returns ctx's error when there was none in time.
func (w *window) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.mu.Lock()
	if len(w.waiting) == 0 && w.hasRoom() {
		w.inUse++
		w.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	w.waiting = append(w.waiting, turn)
	w.mu.Unlock()

	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		w.leave(turn)
		return ctx.Err()
	}
}

// leave withdraws a waiting caller. If its turn came in the meantime, the place is passed on.
func (w *window) leave(turn chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, t := range w.waiting {
		if t == turn {
			w.waiting = append(w.waiting[:i], w.waiting[i+1:]...)
			return
		}
	}
	w.inUse--
	w.admit()
}

// release gives a place back.
func (w *window) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.inUse--
	w.admit()
}

// succeeded grows the window by one place for each window of successes.
func (w *window) succeeded() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.size = min(w.most, w.size+1/w.size)
	w.admit()
}

// throttled notes that a post to connectionID was throttled, and shrinks the window if others were too.
func (w *window) throttled(connectionID string, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	others := w.lastThrottled != "" && w.lastThrottled != connectionID && now.Sub(w.lastThrottledAt) < throttleMemory
	w.lastThrottled, w.lastThrottledAt = connectionID, now
	if !others || now.Sub(w.lastCutAt) < cutPause {
		return
	}
	w.size = max(leastWindow, w.size*windowCut)
	w.lastCutAt = now
}

func (w *window) hasRoom() bool { return float64(w.inUse+1) <= w.size }

func (w *window) admit() {
	for len(w.waiting) > 0 && w.hasRoom() {
		w.inUse++
		close(w.waiting[0])
		w.waiting = w.waiting[1:]
	}
}
