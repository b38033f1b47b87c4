package e2e

import (
	"sync"
	"testing"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// crowd opens n sockets of one user in a room, a few at a time.
func (h *hub) crowd(t *testing.T, room string, n int) []*socket {
	t.Helper()
	const atOnce = 8
	token := h.token(t, "ada", room)
	sockets := make([]*socket, n)
	var opening sync.WaitGroup
	places := make(chan struct{}, atOnce)
	var failed sync.Map
	for i := range sockets {
		places <- struct{}{}
		opening.Go(func() {
			defer func() { <-places }()
			s, err := h.patientDial(t.Context(), "", contract.Subprotocol, contract.SubprotocolTokenPrefix+token)
			if err != nil {
				failed.Store(i, err)
				return
			}
			sockets[i] = s
		})
	}
	opening.Wait()
	t.Cleanup(func() {
		for _, s := range sockets {
			if s != nil {
				s.conn.CloseNow() //nolint:errcheck // the test is over
			}
		}
	})
	failed.Range(func(i, err any) bool {
		t.Fatalf("socket %d: %v", i, err)
		return false
	})
	return sockets
}

func TestARoomOfAThousandConnectionsIsReachedWhole(t *testing.T) {
	t.Parallel()
	h, room, other := shared(t), newRoom(), newRoom()
	crowd := h.crowd(t, room, 1000)
	outsider := h.connect(t, "bob", other)
	id := h.say(t, room, "to all")
	for i, s := range crowd {
		if m := s.expect(t, "to all"); m.ID != id || m.Seq != 1 {
			t.Errorf("socket %d got %+v", i, m)
		}
	}
	h.say(t, other, "marker")
	outsider.expect(t, "marker")
}
