package deliver

import "time"

// A meter measures how many posts start per second.
type meter struct {
	since  time.Time // when the current period began
	posts  int       // in the current period
	last   float64   // posts a second in the period before
	lately time.Time // when the last post began
}

// period is long enough for many posts and short enough to be current.
const period = 50 * time.Millisecond

func (m *meter) count(now time.Time) {
	m.roll(now)
	m.posts++
	m.lately = now
}

// rate returns the rate of the current period, or of the one before while the current one is too short to measure.
func (m *meter) rate(now time.Time) float64 {
	m.roll(now)
	return max(m.last, float64(m.posts)/period.Seconds())
}

func (m *meter) roll(now time.Time) {
	passed := now.Sub(m.since)
	if passed < period {
		return
	}
	m.last = float64(m.posts) / passed.Seconds()
	m.since, m.posts = now, 0
}

// idleFor returns the time since the last post started.
func (m *meter) idleFor(now time.Time) time.Duration { return now.Sub(m.lately) }
