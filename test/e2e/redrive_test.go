package e2e

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// redrive runs what make redrive runs.
func (h *hub) redrive(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "go", append([]string{"run", "./infra/redrive", "-outputs", filepath.Join(h.data, "outputs.json")}, arguments...)...)
	c.Dir = root
	out, err := c.CombinedOutput()
	return string(out), err
}

func TestDeadLettersAreRedrivenUnlessTheyWouldFailAgain(t *testing.T) {
	t.Parallel()
	h, room := shared(t), newRoom()
	s := h.connect(t, "ada", room)
	var bodies []string
	for n := range 3 {
		bodies = append(bodies, `{"room_id":"`+room+`","data":`+strconv.Itoa(n)+`}`)
	}
	poison := `{"data":"without room, ` + room + `"}`
	h.put(t, h.dead, append(bodies, poison)...)

	var listed string
	eventually(t, func() (err error) { // other tests look at the queue too, and hide what is in it
		listed, err = h.redrive(t, "-queue", "intake", "-text", room, "-list")
		if err != nil || strings.Count(listed, "failed too often") != len(bodies)+1 {
			return fmt.Errorf("%w: %s", err, listed)
		}
		return nil
	})
	said, err := h.redrive(t, "-queue", "intake", "-text", room)
	if err == nil || !strings.Contains(said, "redrove 3 of 4") || !strings.Contains(said, "would fail again: missing field: room_id") {
		t.Fatalf("%v\n%s", err, said)
	}
	for id := range s.receive(t, len(bodies)) {
		if !strings.Contains(listed, id) {
			t.Errorf("message %s has not kept the id of its dead letter:\n%s", id, listed)
		}
	}
	h.takeLetter(t, h.dead, func(l letter) bool { return l.body == poison })

	h.put(t, h.fanDead, "no chunk of "+room)
	if said, err := h.redrive(t, "-queue", "fanout", "-text", room); err != nil || !strings.Contains(said, "redrove 1 of 1") {
		t.Errorf("%v\n%s", err, said)
	}
	h.takeLetter(t, h.fanDead, func(l letter) bool { return l.body == "no chunk of "+room && l.reason != "" })
	if said, err := h.redrive(t, "-queue", "fanout", "-text", room); err != nil || !strings.Contains(said, "redrove 0 of 0") {
		t.Errorf("%v\n%s", err, said)
	}
}
