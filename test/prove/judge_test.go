package main

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// history is three messages in a room, the second for ada only, and what ada and bob got.
func history(change func(publications []publication, ada, bob *journal)) *verdict {
	at := time.Unix(1, 0)
	publications := []publication{
		{room: "lobby", at: at, accepted: true},
		{room: "lobby", at: at, accepted: true, to: "ada"},
		{room: "lobby", at: at, accepted: true},
	}
	got := func(n int) receipt { return receipt{n: n, seq: int64(n + 1), at: at.Add(time.Second)} }
	ada := &journal{kind: "strict", name: "ada", user: "ada", room: "lobby", complete: true, once: true, ordered: true, position: 3}
	ada.receipts = []receipt{got(0), got(1), got(2)}
	bob := &journal{kind: "strict", name: "bob", user: "bob", room: "lobby", complete: true, once: true, ordered: true, position: 3}
	bob.receipts = []receipt{got(0), got(2)}
	change(publications, ada, bob)
	return judge(publications, []*journal{ada, bob})
}

func TestTheJudgeNamesWhatWentWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(p []publication, ada, bob *journal)
		want   []string
	}{
		{"nothing", func([]publication, *journal, *journal) {}, nil},
		{"a loss", func(_ []publication, ada, _ *journal) { ada.receipts = ada.receipts[:2] }, []string{"lost: ada: message 2"}},
		{"a loss in the middle", func(_ []publication, ada, _ *journal) { ada.receipts = slices.Delete(ada.receipts, 1, 2) }, []string{"lost: ada: message 1"}},
		{"a dead letter", func(p []publication, ada, _ *journal) { ada.receipts, p[2].dead = ada.receipts[:2], true }, nil},
		{"a message that was never accepted", func(p []publication, ada, _ *journal) { ada.receipts, p[2].accepted = ada.receipts[:2], false }, nil},
		{"a message from before the receiver came", func(_ []publication, ada, _ *journal) { ada.receipts, ada.from = ada.receipts[1:], 1 }, nil},
		{"a loss that a reset has told of", func(_ []publication, ada, _ *journal) {
			ada.receipts, ada.resets, ada.mayReset, ada.excused = ada.receipts[1:], []int{0}, 1, []int{0}
		}, nil},
		{"a loss that no reset has told of", func(_ []publication, ada, _ *journal) {
			ada.receipts, ada.mayReset, ada.excused = ada.receipts[1:], 1, []int{0}
		}, []string{"lost: ada: message 0"}},
		{"a classic client's loss", func(_ []publication, ada, _ *journal) { ada.receipts, ada.complete = nil, false }, nil},
		{"a repeat", func(_ []publication, ada, _ *journal) { ada.receipts = append(ada.receipts, ada.receipts[2]) }, []string{"twice: ada: message 2 (seq 3) was shown 2 times"}},
		{"a record that came to a classic client again", func(_ []publication, ada, _ *journal) {
			ada.kind = kindClassic
			again := ada.receipts[2]
			again.at = again.at.Add(4 * time.Second)
			ada.receipts = append(ada.receipts, again)
		}, nil},
		{"a message that came to a classic client twice at once", func(_ []publication, ada, _ *journal) {
			ada.kind = kindClassic
			ada.receipts = append(ada.receipts, ada.receipts[2])
		}, []string{"twice: ada: message 2 (seq 3) was shown 2 times"}},
		{"a repeat that the receiver dropped", func(_ []publication, ada, _ *journal) {
			again := ada.receipts[0]
			again.again = true
			ada.receipts = append(ada.receipts, again)
		}, nil},
		{"a repeat under another number", func(_ []publication, ada, _ *journal) {
			ada.receipts = append(ada.receipts, receipt{n: 0, seq: 9, again: true})
		}, []string{"renumber: ada: message 0 came as 1 and as 9"}},
		{"another order", func(_ []publication, ada, _ *journal) {
			ada.receipts[0], ada.receipts[1] = ada.receipts[1], ada.receipts[0]
		}, []string{"disorder: ada: message 0 (seq 1) was shown after seq 2"}},
		{"another order where arrival counts", func(_ []publication, ada, _ *journal) {
			ada.receipts[0], ada.receipts[1], ada.ordered = ada.receipts[1], ada.receipts[0], false
		}, nil},
		{"a gap", func(_ []publication, ada, _ *journal) { ada.position = 1 }, []string{"gap: ada: its position is 1, the room is at 3"}},
		{"a needless reset", func(_ []publication, ada, _ *journal) { ada.resets = []int{2} }, []string{"reset: ada: after 2 messages"}},
		{"somebody else's message", func(_ []publication, ada, bob *journal) {
			bob.receipts = slices.Insert(bob.receipts, 1, ada.receipts[1])
		}, []string{"other: bob: message 1 was for ada"}},
		{"a message that nobody published", func(_ []publication, _, bob *journal) {
			bob.receipts = append(bob.receipts, receipt{n: 7, seq: 3})
		}, []string{"other: bob: message 7 was not published in room lobby"}},
		{"a frame against the protocol", func(_ []publication, ada, _ *journal) { ada.complaints = []string{"a frame is no JSON"} }, []string{"other: ada: a frame is no JSON"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, v := range history(c.change).violations {
				got = append(got, v.kind+": "+v.text)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestNumbersMayStartOverAfterAReset(t *testing.T) {
	t.Parallel()
	v := history(func(p []publication, ada, bob *journal) {
		for _, j := range []*journal{ada, bob} {
			j.resets, j.mayReset, j.position = []int{1}, 1, 2
		}
		ada.receipts = []receipt{{n: 0, seq: 8}, {n: 1, seq: 1}, {n: 2, seq: 2}}
		bob.receipts = []receipt{{n: 0, seq: 8}, {n: 2, seq: 2}}
	})
	if len(v.violations) > 0 {
		t.Errorf("got %v", v.violations)
	}
}

func TestLateMessagesDecideOnlyIfTheyShall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		most   time.Duration
		strict bool
		want   string
	}{
		{time.Second, true, "[]"},
		{time.Second - 1, false, "[]"},
		{time.Second - 1, true, "[calm]"},
	} {
		v, found := history(func([]publication, *journal, *journal) {}), &table{strict: c.strict}
		v.judgeDelays(c.most)
		found.add("calm", v, 0)
		if got := fmt.Sprint(found.found); got != c.want {
			t.Errorf("%v, strict %t: found %s, not %s", c.most, c.strict, got, c.want)
		}
	}
}

func TestMemoryIsJudged(t *testing.T) {
	t.Parallel()
	for mb, want := range map[[2]int]string{{60, 178}: "[]", memoryLimits: "[]", {601, 178}: "[memory]", {60, 1500}: "[memory]"} {
		var found table
		found.judgeMemory(mb[0], mb[1])
		if got := fmt.Sprint(found.found); got != want {
			t.Errorf("%v MB: found %s, not %s", mb, got, want)
		}
	}
}

func TestTheVerdictCounts(t *testing.T) {
	t.Parallel()
	v := history(func([]publication, *journal, *journal) {})
	if got := fmt.Sprint(v.attempts, v.delays["strict"]); got != "map[strict:5] [1s 1s 1s 1s 1s]" {
		t.Errorf("got %s", got)
	}
}

func TestANumberIsFoundInEveryText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		`"prove 17"`:                             17,
		`{"subject":"prove 4","text":"x"}`:       4,
		`{"messages":[{"data":"\"prove 12\""}]}`: 12,
		`"hello"`:                                -1,
		`"prove 99999999999999999999"`:           -1,
	} {
		if got := numberIn([]byte(text)); got != want {
			t.Errorf("%s: got %d, want %d", text, got, want)
		}
	}
}
