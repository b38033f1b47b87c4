package e2e

import (
	"fmt"
	"os/exec"
	"testing"
)

func TestTwoStagesRunSideBySide(t *testing.T) {
	t.Parallel()
	one, other, room := shared(t), newHubStage(t, "-ephemeral"), newRoom()
	here, there := one.connect(t, "ada", room), other.connect(t, "ada", room)
	if one.keys(t).SigningKey == other.keys(t).SigningKey {
		t.Error("both have the same signing key")
	}
	one.say(t, room, "here")
	here.expect(t, "here")
	other.say(t, room, "there")
	there.expect(t, "there")
}

func TestAStageWithAFolderKeepsItsDataOverARestart(t *testing.T) {
	t.Parallel()
	shared(t)
	data, room := t.TempDir(), newRoom()
	h := hubOf(t, startStage(t, data, "-assembly", assembly))
	token := h.token(t, "ada", room)
	s := h.connectWith(t, token)
	h.say(t, room, "before")
	s.expect(t, "before")
	at := s.ask(t, `{"action":"hello"}`).Positions[room]
	h.put(t, h.intake, "poison of "+room)
	h.takeLetter(t, h.dead, func(l letter) bool { return l.body == "poison of "+room })
	h.put(t, h.dead, "left by "+room) // nobody consumes this queue
	// While the worker is refused, what is published stays in the queue.
	h.inject(t, fault{Service: "lambda", Function: h.broadcast, Kind: "throttle"})
	h.say(t, room, "in between")
	eventually(t, func() error {
		if fired := get[struct{ Rules []fault }](t, h.stage, "faults").Rules[0].Fired; fired == 0 {
			return fmt.Errorf("the worker was not refused yet")
		}
		return nil
	})
	h.observe(t)
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}

	h = hubOf(t, startStage(t, data, "-assembly", assembly))
	s = h.connectWith(t, token)
	var f frame
	eventually(t, func() error {
		f = s.ask(t, fmt.Sprintf(`{"action":"history","epoch":%q,"after":0}`, at.Epoch))
		if len(f.Messages) != 2 {
			return fmt.Errorf("history has %d messages", len(f.Messages))
		}
		return nil
	})
	if f.Reset || f.Messages[0].text() != "before" || f.Messages[1].text() != "in between" || f.Messages[1].Seq != 2 {
		t.Errorf("history is %+v", f)
	}
	h.takeLetter(t, h.dead, func(l letter) bool { return l.body == "left by "+room })
}

// However it dies, its functions and data services die with it.
func TestAKilledStageLeavesNoProcess(t *testing.T) {
	t.Parallel()
	h, room := newHubStage(t, "-ephemeral"), newRoom()
	s := h.connect(t, "ada", room)
	h.say(t, room, "hello")
	s.expect(t, "hello")
	h.observe(t)
	family, err := descendants(h.command.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if len(family) < 5 { // two data services, and the functions of $connect and of the queue
		t.Errorf("it has the children %+v", family)
	}
	if err := h.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-h.ended
	if err := noneLeft(family, h.data); err != nil {
		t.Error(err)
	}
}

// "go run", which make run is, does not hand on every signal.
func TestAStageEndsWithGoRun(t *testing.T) {
	t.Parallel()
	shared(t)
	data := t.TempDir()
	goRun := exec.Command("go", "run", "./infra/local", "-ephemeral", "-port", "0", "-assembly", assembly, "-data", data)
	goRun.Dir = root
	s, err := launch(goRun, data)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.command.Process.Kill() }) //nolint:errcheck // it should be gone
	if err := s.becomeReady(); err != nil {
		t.Fatalf("%v\n%s", err, s.output)
	}
	family, err := descendants(s.command.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := noneLeft(family, data); err != nil {
		t.Error(err)
	}
}
