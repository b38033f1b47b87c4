package e2e

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/client"
)

// refusedStart runs the program, which must end by itself with status 1, and returns the one line that says why.
func refusedStart(t *testing.T, arguments ...string) string {
	t.Helper()
	s, err := launch(t.TempDir(), arguments...)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.awaitEnd(); err != nil {
		t.Fatal(err)
	}
	if code := s.command.ProcessState.ExitCode(); code != 1 {
		t.Errorf("the exit code is %d, want 1", code)
	}
	var reasons []string
	for line := range strings.Lines(s.output.String()) {
		if line = strings.TrimSpace(line); !progress.MatchString(line) {
			reasons = append(reasons, line)
		}
	}
	if len(reasons) != 1 || !strings.HasPrefix(reasons[0], "local: ") {
		t.Fatalf("it says more or less than one line:\n%s", s.output)
	}
	return reasons[0]
}

// progress lines say what is being done.
var progress = regexp.MustCompile(`^$|^[a-z ]+( \.\.\.|: \d+\.\d s)$`)

func TestAPortInUseIsToldInOneLine(t *testing.T) {
	t.Parallel()
	h := shared(t)
	address, err := url.Parse(h.url)
	if err != nil {
		t.Fatal(err)
	}
	port := address.Port()
	line := refusedStart(t, "-ephemeral", "-port", port, "-assembly", assembly)
	want := "local: port " + port + " is not free: stop what uses it, or choose another with -port N"
	if !strings.HasPrefix(line, want) {
		t.Errorf("got  %s\nwant %s", line, want)
	}
}

func TestAFolderInUseIsToldInOneLine(t *testing.T) {
	t.Parallel()
	h := shared(t)
	line := refusedStart(t, "-ephemeral", "-port", "0", "-assembly", assembly, "-data", h.data)
	want := fmt.Sprintf("local: %s: another local stage uses it (process %d): stop that one, or choose another folder with -data DIR", h.data, h.command.Process.Pid)
	if line != want {
		t.Errorf("got  %s\nwant %s", line, want)
	}
}

func TestAWrongArgumentIsToldInOneLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		arguments []string
		want      string
	}{
		{"an assembly that is not there", []string{"-port", "0", "-assembly", "nowhere"}, "nowhere/manifest.json"},
		{"a port beyond the last", []string{"-port", "65536"}, "-port must be between 0 and 65535, got 65536"},
		{"a word too many", []string{"-port", "0", "start"}, `unexpected argument "start"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if line := refusedStart(t, c.arguments...); !strings.Contains(line, c.want) {
				t.Errorf("got %s, want %s", line, c.want)
			}
		})
	}
}

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

// visibility changes how long a message that failed stays hidden: three minutes are long for a test.
func (h *hub) visibility(t *testing.T, seconds string) {
	t.Helper()
	for _, queue := range []string{h.intake, h.fanout} {
		if _, err := h.queues.SetQueueAttributes(t.Context(), &sqs.SetQueueAttributesInput{
			QueueUrl: &queue, Attributes: map[string]string{"VisibilityTimeout": seconds},
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// many makes messages for a room.
func many(room string, n int) []client.Message {
	messages := make([]client.Message, n)
	for i := range messages {
		messages[i] = client.Message{UserID: "backend", RoomID: room, Data: i}
	}
	return messages
}
