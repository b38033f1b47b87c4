package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/client"
)

// The account's throttle is real here, and shared by handshakes, messages and posts as on AWS; it is lower than AWS's so
// that a test can reach it.
func TestARoomIsReachedWholeBeyondTheAccountsRate(t *testing.T) {
	t.Parallel()
	h, room := newHubStage(t, "-ephemeral", "-rate", "100", "-burst", "20"), newRoom()
	crowd := h.crowd(t, room, 60)
	var ids []string
	for i := range 5 { // one by one: a batch would be one frame
		ids = append(ids, h.say(t, room, fmt.Sprint(i)))
	}
	for i, s := range crowd {
		got := s.receive(t, len(ids))
		for _, id := range ids {
			if _, arrived := got[id]; !arrived {
				t.Errorf("socket %d did not get message %s", i, id)
			}
		}
	}
}

// A new account runs ten invocations at a time. The hub's workers take at most four of them and the scheduler's as many, so that
// clients and callers are still served while all have work.
func TestANewAccountServesEverything(t *testing.T) {
	t.Parallel()
	h, room := newHubStage(t, "-ephemeral", "-concurrency", "10"), newRoom()
	s := h.scheduler(t)
	const people, messages = 20, 30
	var emails []string
	for i := range people {
		emails = append(emails, fmt.Sprintf("p%d@example.com", i))
	}
	subscribe(t, s, room, emails...)
	crowd := h.crowd(t, room, 300)
	if _, err := s.Schedule(t.Context(), room, client.ScheduleRequest{Subject: "Now", Body: "To all.", ScheduleOn: time.Now()}); err != nil {
		t.Fatal(err)
	}
	h.alert(t, alertText(t))
	ids := h.publish(t, many(room, messages)...)
	late := h.connect(t, "eve", room) // while the workers are busy
	if f := late.ask(t, `{"action":"ping"}`); f.Type != "pong" {
		t.Errorf("got %+v", f)
	}
	for i, s := range crowd {
		got := s.receive(t, messages+1) // and what was scheduled
		for _, id := range ids {
			if _, arrived := got[id]; !arrived {
				t.Errorf("socket %d did not get message %s", i, id)
			}
		}
	}
	h.mails(t, people+1)
}

// API Gateway closes a connection that was idle for ten minutes, here for a moment, and tells the hub.
func TestAnIdleConnectionIsClosedAndLeavesItsRoom(t *testing.T) {
	t.Parallel()
	h, room := newHubStage(t, "-ephemeral", "-ws-idle", "1s"), newRoom()
	s := h.connect(t, "ada", room)
	if content, err := s.raw(); err == nil {
		t.Fatalf("got %s, want the socket to be closed", content)
	}
	eventually(t, func() error {
		if rows := h.rows(t, room); len(rows) != 0 {
			return fmt.Errorf("the rows are %v, want none", rows)
		}
		return nil
	})
}
