package main

import (
	"fmt"
	"strings"
	"testing"
)

// spanOf is a frame that covers (after, seq] and holds messages of these numbers.
func spanOf(after, seq int64, numbers ...int64) span {
	s := span{after: after, seq: seq}
	for _, n := range numbers {
		s.messages = append(s.messages, message{Seq: n})
	}
	return s
}

func answer(epoch string, reset bool, s span) frame {
	f := frame{Epoch: epoch, After: &s.after, Messages: s.messages, Reset: reset}
	f.Seq = s.seq
	return f
}

// Each step is what comes; want is what the application gets, ! a reset, and the state after it.
func TestATrackFollowsTheProtocol(t *testing.T) {
	t.Parallel()
	live := func(epoch string, s span) func(*track) string {
		return func(t *track) string { return numbersOf(t.live(epoch, s)) }
	}
	ask := func(f frame) func(*track) string {
		return func(t *track) string {
			messages, reset := t.history(t.position, f)
			return strings.Repeat("!", map[bool]int{true: 1}[reset]) + numbersOf(messages)
		}
	}
	for _, c := range []struct {
		name  string
		steps []func(*track) string
		want  string
	}{
		{"in order", []func(*track) string{live("a", spanOf(2, 3, 3)), live("a", spanOf(3, 5, 4, 5))}, "[3] [4 5] at 5"},
		{"a repeat", []func(*track) string{live("a", spanOf(2, 3, 3)), live("a", spanOf(2, 3, 3))}, "[3] [] at 3"},
		{"a repeat with something new", []func(*track) string{live("a", spanOf(2, 3, 3)), live("a", spanOf(2, 4, 3, 4))}, "[3] [4] at 4"},
		{"numbers of others", []func(*track) string{live("a", spanOf(2, 6, 6))}, "[6] at 6"},
		{"early", []func(*track) string{live("a", spanOf(3, 4, 4)), live("a", spanOf(2, 3, 3))}, "[] [3 4] at 4 behind"},
		{"a gap that history fills", []func(*track) string{live("a", spanOf(3, 4, 4)), ask(answer("a", false, spanOf(2, 3, 3)))}, "[] [3 4] at 4"},
		{"a gap that was nobody's", []func(*track) string{live("a", spanOf(3, 4, 4)), ask(answer("a", false, spanOf(2, 3)))}, "[] [4] at 4"},
		{"a gap of which history knows nothing yet", []func(*track) string{live("a", spanOf(3, 4, 4)), ask(answer("a", false, spanOf(2, 2)))}, "[] [] at 2 behind"},
		{"another epoch", []func(*track) string{live("b", spanOf(0, 1, 1)), ask(answer("b", true, spanOf(0, 1, 1)))}, "[] ![1] at 1"},
		{"another epoch that begins lower", []func(*track) string{ask(answer("b", true, spanOf(0, 1, 1))), live("b", spanOf(1, 2, 2))}, "![1] [2] at 2"},
		{"expired messages that are known in part", []func(*track) string{ask(answer("a", true, spanOf(0, 3, 1, 2, 3)))}, "![3] at 3"},
		{"a restored copy", []func(*track) string{ask(answer("a", true, spanOf(0, 1, 1)))}, "![] at 1"},
		{"expired messages", []func(*track) string{ask(answer("a", true, spanOf(9, 11, 10, 11)))}, "![10 11] at 11"},
		{"another epoch without a reset", []func(*track) string{ask(answer("b", false, spanOf(2, 3, 3)))}, "[] at 2 complains"},
		{"a frame that holds more than it covers", []func(*track) string{live("a", spanOf(2, 3, 4))}, "[4] at 4 complains"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tr := &track{position: position{"a", 2}, known: true}
			var got []string
			for _, step := range c.steps {
				got = append(got, step(tr))
			}
			got = append(got, fmt.Sprintf("at %d", tr.Seq))
			if tr.behind {
				got = append(got, "behind")
			}
			if tr.complaints != nil {
				got = append(got, "complains")
			}
			if all := strings.Join(got, " "); all != c.want {
				t.Errorf("got %s, want %s", all, c.want)
			}
		})
	}
}

func numbersOf(messages []message) string {
	numbers := []int64{}
	for _, m := range messages {
		numbers = append(numbers, m.Seq)
	}
	return fmt.Sprint(numbers)
}

func TestWhatComesBeforeTheWelcomeWaits(t *testing.T) {
	t.Parallel()
	var tr track
	if got := tr.live("a", spanOf(4, 5, 5)); got != nil {
		t.Errorf("got %v before the welcome", got)
	}
	if got := numbersOf(tr.greet(position{"a", 7}, position{})); got != "[5]" {
		t.Errorf("got %s after it", got)
	}
	if tr.greet(position{"a", 9}, position{}); !tr.urgent {
		t.Error("a pong that tells of more does not make it ask")
	}
}

func TestAWelcomeThatIsBehindMakesItAsk(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name           string
		welcome, asked position
		want           bool
	}{
		{"the same", position{"a", 5}, position{"a", 5}, false},
		{"later", position{"a", 6}, position{"a", 5}, true},
		{"overtaken by a message", position{"a", 4}, position{"a", 4}, false},
		{"of a restored copy", position{"a", 3}, position{"a", 4}, true},
		{"another epoch", position{"b", 5}, position{"a", 5}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tr := track{position: position{"a", 5}, known: true}
			if tr.greet(c.welcome, c.asked); tr.urgent != c.want {
				t.Errorf("got %v, want %v", tr.urgent, c.want)
			}
		})
	}
}

func TestARoomTakesTheEpochOfItsFirstFrame(t *testing.T) {
	t.Parallel()
	tr := track{known: true}
	if got := numbersOf(tr.live("a", spanOf(0, 1, 1))); got != "[1]" || tr.Epoch != "a" {
		t.Errorf("got %s in epoch %q", got, tr.Epoch)
	}
}

func TestTooMuchThatWaitsIsLeftToHistory(t *testing.T) {
	t.Parallel()
	tr := track{position: position{"a", 0}, known: true}
	for n := int64(2); n < 2+mostHeld+1; n++ {
		tr.live("a", spanOf(n-1, n, n))
	}
	if len(tr.held) != 0 || !tr.behind || !tr.urgent || tr.Seq != 0 {
		t.Errorf("it holds %d, behind is %v, seq %d", len(tr.held), tr.behind, tr.Seq)
	}
}
