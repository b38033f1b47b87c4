package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/client"
)

// encrypted synthesizes stage local with a key of its own, as the local stage's program would.
func encrypted(t *testing.T) string {
	t.Helper()
	var project struct {
		App     string
		Context map[string]any
	}
	raw, err := os.ReadFile(filepath.Join(root, "cdk.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &project); err != nil {
		t.Fatal(err)
	}
	project.Context["stage"], project.Context["encrypted"] = "local", "true"
	project.Context["aws:cdk:enable-path-metadata"] = true
	values, err := json.Marshal(project.Context)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	synth := exec.CommandContext(t.Context(), "sh", "-c", project.App)
	synth.Dir = root
	synth.Env = append(os.Environ(), "CDK_OUTDIR="+dir, "CDK_CONTEXT_JSON="+string(values), "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20")
	if out, err := synth.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// Every table, queue, topic, secret, log group and the bucket has a key of the account. What the functions may do with it is what
// they need, and nothing else: a story for each of them, and then a look at the policies.
func TestAStageWithAKeyGrantsWhatItNeedsAndNoMore(t *testing.T) {
	t.Parallel()
	s := startStage(t, t.TempDir(), "-ephemeral", "-assembly", encrypted(t))
	h, err := newHub(s)
	if err != nil {
		t.Fatal(err)
	}
	room := newRoom()
	ada := h.connect(t, "ada", room)
	ada.ask(t, `{"action":"hello"}`)
	ada.ask(t, fmt.Sprintf(`{"action":"sendMessage","ref":"1","room_id":%q,"data":"to all"}`, room))
	ada.expect(t, "to all")
	at := ada.ask(t, `{"action":"hello"}`).Positions[room]
	ada.ask(t, fmt.Sprintf(`{"action":"history","ref":"h","epoch":%q,"after":%d}`, at.Epoch, 0))

	h.putsPoison(t, map[string]string{
		h.intake: h.dead, h.fanout: h.fanDead,
		h.outputs["DueQueueUrl"]: h.outputs["DueDeadLetterQueueUrl"], h.outputs["DeliveryQueueUrl"]: h.outputs["DeliveryDeadLetterQueueUrl"],
	})
	h.alert(t, alertText(t))
	h.mails(t, 1)
	h.alert(t, "Dear customer, buy now")

	scheduler := h.scheduler(t)
	const gone = "bounce@simulator.amazonses.com"
	subscribe(t, scheduler, room, "ada@example.com", gone)
	request := client.ScheduleRequest{Subject: "Standup", Body: "Soon.", ScheduleOn: time.Now().Add(time.Second)}
	if _, err := scheduler.Schedule(t.Context(), room, request); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error {
		page, err := scheduler.Subscribers(t.Context(), room, 10, "")
		for _, one := range page.Subscribers {
			if one.Email == gone && one.Status == "bounced" {
				return err
			}
		}
		return fmt.Errorf("the subscribers are %+v, %w", page.Subscribers, err)
	})
	ada.conn.CloseNow() //nolint:errcheck // $disconnect comes in any case

	eventually(t, func() error {
		if unused := h.unusedOfKeys(t); len(unused) > 0 {
			return fmt.Errorf("permissions of keys that were never used: %q", unused)
		}
		return nil
	})
	if refused, err := h.denied(); err != nil || len(refused) > 0 {
		t.Errorf("refused were %+v, %v", refused, err)
	}
}

// putsPoison puts what nobody can read into queues, and waits for it in their dead-letter queues.
func (h *hub) putsPoison(t *testing.T, queues map[string]string) {
	t.Helper()
	for queue, dead := range queues {
		h.put(t, queue, "poison")
		h.takeLetter(t, dead, func(l letter) bool { return l.body == "poison" })
	}
}

// unusedOfKeys lists what roles may do with keys and have not done. Dispatch does something once a minute.
func (h *hub) unusedOfKeys(t *testing.T) (unused []string) {
	t.Helper()
	var report permissions
	if err := h.control(http.MethodGet, "permissions", nil, &report); err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, role := range report.Roles {
		for _, st := range append(role.Used, role.Unused...) {
			for action := range st.Actions {
				if strings.HasPrefix(action, "kms:") {
					found++
				}
			}
			for _, action := range st.UnusedActions {
				if strings.HasPrefix(action, "kms:") && !strings.Contains(role.Name, "SchedulerDispatch") {
					unused = append(unused, role.Name+": "+action)
				}
			}
		}
		for _, m := range role.Missing {
			t.Errorf("a permission is missing: %s: %s on %s: %s", role.Name, m.Action, m.Resource, m.Reason)
		}
	}
	if found < 20 {
		t.Fatalf("only %d permissions of keys were found", found)
	}
	return unused
}
