package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/client"
)

// scheduler is that of a backend.
func (h *hub) scheduler(t *testing.T) *client.Scheduler {
	t.Helper()
	s, err := client.NewScheduler(client.SchedulerConfig{
		URL: h.outputs["ApiUrl"], Secrets: h.secrets, SecretARN: h.outputs["SchedulerSecretArn"],
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// subscribe adds addresses to a group.
func subscribe(t *testing.T, s *client.Scheduler, group string, emails ...string) {
	t.Helper()
	for _, email := range emails {
		if _, err := s.Subscribe(t.Context(), group, client.Subscriber{Email: email}); err != nil {
			t.Fatal(err)
		}
	}
}

// scheduled is what the hub says of a message that is due.
type scheduled struct{ Subject, Text string }

func TestAScheduledMessageReachesItsGroupAtItsTime(t *testing.T) {
	t.Parallel()
	h, group := newHubStage(t), newRoom()
	s := h.scheduler(t)
	subscribe(t, s, group, "ada@example.com", "bob@example.com")
	listener := h.connect(t, "ada", group)
	due := time.Now().Add(3 * time.Second).Truncate(time.Millisecond)
	made, err := s.Schedule(t.Context(), group, client.ScheduleRequest{
		Subject: "Standup", Body: "In five minutes. {{unsubscribe_url}}", ScheduleOn: due,
	})
	if err != nil || !made.Scheduled.Equal(due) {
		t.Fatalf("got %+v, %v", made, err)
	}

	m, _ := listener.message(t)
	var told scheduled
	if err := json.Unmarshal(m.Data, &told); err != nil || m.RoomID != group || told.Subject != "Standup" {
		t.Errorf("the room heard %+v, %v", m, err)
	}
	if early := due.Sub(time.UnixMilli(m.Time)); early > 0 {
		t.Errorf("the room heard it %v too early", early)
	}
	sent := h.mails(t, 2)
	links := map[string]bool{}
	for _, one := range sent {
		links[unsubscribeLink.FindString(one.Text)] = true
		if one.Subject != "Standup" || !strings.Contains(one.From, "no-reply@hermes.example") || len(one.To) != 1 {
			t.Errorf("a mail is %+v", one)
		}
	}
	if len(sent) != 2 || len(links) != 2 || links[""] {
		t.Errorf("%d mails have the links %v", len(sent), links)
	}
	eventually(t, func() error {
		page, err := s.Results(t.Context(), group, made.Key, time.Time{}, 10, "")
		if err != nil || len(page.Results) != 2 || page.Results[0].Status != "sent" || page.Results[1].Status != "sent" {
			return fmt.Errorf("the results are %+v, %w", page, err)
		}
		return nil
	})

	// Whoever follows the link of a mail gets no more; the group is not asked.
	var left string
	for link := range links {
		left = link
	}
	if status, body := call(t, http.MethodPost, left, "List-Unsubscribe=One-Click"); status != http.StatusOK {
		t.Errorf("unsubscribing: %d %s", status, body)
	}
	if _, err := s.Schedule(t.Context(), group, client.ScheduleRequest{Subject: "Second", Body: "To one of you.", ScheduleOn: time.Now().Add(time.Second)}); err != nil {
		t.Fatal(err)
	}
	listener.message(t)
	h.mails(t, 3)
	page, err := s.Subscribers(t.Context(), group, 10, "")
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]int{}
	for _, one := range page.Subscribers {
		states[one.Status]++
	}
	if states["active"] != 1 || states["unsubscribed"] != 1 {
		t.Errorf("the subscribers are %+v", page.Subscribers)
	}
}

var unsubscribeLink = regexp.MustCompile(`http://\S+unsubscribe\S+`)

func TestAScheduledMessageIsChangedAndCancelled(t *testing.T) {
	t.Parallel()
	h, group := newHubStage(t), newRoom()
	s := h.scheduler(t)
	subscribe(t, s, group, "ada@example.com")
	listener := h.connect(t, "ada", group)
	later := client.ScheduleRequest{Subject: "Draft", Body: "Later.", ScheduleOn: time.Now().Add(time.Hour)}
	changed, err := s.Schedule(t.Context(), group, later)
	if err != nil {
		t.Fatal(err)
	}
	cancelled, err := s.Schedule(t.Context(), group, later)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Cancel(t.Context(), group, cancelled.Key, cancelled.ETag); err != nil {
		t.Fatal(err)
	}
	subject := "Final"
	if _, err := s.Change(t.Context(), group, changed.Key, "of another time", client.ChangeRequest{Subject: &subject}); !errors.Is(err, client.ErrETag) {
		t.Errorf("a change of what has changed since: %v", err)
	}
	if _, err := s.Change(t.Context(), group, changed.Key, changed.ETag, client.ChangeRequest{Subject: &subject, ScheduleOn: time.Now().Add(time.Second)}); err != nil {
		t.Fatal(err)
	}
	if m, _ := listener.message(t); !strings.Contains(string(m.Data), "Final") {
		t.Errorf("the room heard %s", m.Data)
	}
	if sent := h.mails(t, 1); len(sent) != 1 || sent[0].Subject != "Final" {
		t.Errorf("the mails are %+v", sent)
	}
	eventually(t, func() error {
		page, err := s.List(t.Context(), group, client.ListRequest{})
		states := map[string]string{}
		for _, m := range page.Messages {
			states[m.Key] = m.Status
		}
		if err != nil || states[changed.Key] != "sent" || states[cancelled.Key] != "cancelled" {
			return fmt.Errorf("the list is %v, %w", states, err)
		}
		return nil
	})
	if m, err := s.Get(t.Context(), group, changed.Key); err != nil || m.Subject != "Final" || m.Body != "Later." {
		t.Errorf("got %+v, %v", m, err)
	}
	if err := s.RemoveSubscriber(t.Context(), group, "ada@example.com"); err != nil {
		t.Error(err)
	}
}

func TestTheSchedulerAsksWhoIsThere(t *testing.T) {
	t.Parallel()
	h, group := shared(t), newRoom()
	url := strings.ReplaceAll(h.outputs["ScheduleMessage"], "{group}", group)
	if status, body := call(t, http.MethodGet, url, ""); status != http.StatusUnauthorized || body != `{"message":"Unauthorized"}` {
		t.Errorf("without a token: %d %s", status, body)
	}
	bearer, err := h.scheduler(t).IssueBearer(t.Context(), time.Hour, "another-group")
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+bearer.Token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusForbidden {
		t.Errorf("with the token of another group: %s", response.Status)
	}
}

// The mail service fails at first, workers are refused, and one address does not exist.
func TestMailsAreTriedAgainAndBouncesEndASubscription(t *testing.T) {
	t.Parallel()
	h, group := newHubStage(t), newRoom()
	s := h.scheduler(t)
	const gone = "bounce@simulator.amazonses.com"
	expand, deliver := h.function(t, "Scheduler/Expand"), h.function(t, "Scheduler/Deliver")
	subscribe(t, s, group, "ada@example.com", gone)
	h.inject(t,
		fault{Service: "ses", Action: "SendEmail", Kind: "error", Count: 4},
		fault{Service: "lambda", Function: expand, Kind: "throttle", Count: 1},
		fault{Service: "lambda", Function: deliver, Kind: "throttle", Count: 1},
		fault{Service: "dynamodb", Function: expand, Kind: "error", Count: 3}, // as often as the SDK tries
		fault{Service: "dynamodb", Action: "UpdateItem", Function: deliver, Kind: "drop", Count: 1},
	)
	request := client.ScheduleRequest{Subject: "Hello", Body: "To both.", ScheduleOn: time.Now().Add(time.Second)}
	if _, err := s.Schedule(t.Context(), group, request); err != nil {
		t.Fatal(err)
	}
	h.mails(t, 2)
	eventually(t, func() error {
		page, err := s.Subscribers(t.Context(), group, 10, "")
		states := map[string]string{}
		for _, one := range page.Subscribers {
			states[one.Email] = one.Status
		}
		if err != nil || states["ada@example.com"] != "active" || states[gone] != "bounced" {
			return fmt.Errorf("the subscribers are %v, %w", states, err)
		}
		return nil
	})
	for i, fired := range h.heal(t) {
		if fired == 0 {
			t.Errorf("fault %d never struck", i)
		}
	}

	// The next message spares the address that does not exist, and says so.
	request.Subject, request.ScheduleOn = "Again", time.Now().Add(time.Second)
	again, err := s.Schedule(t.Context(), group, request)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error {
		page, err := s.Results(t.Context(), group, again.Key, time.Time{}, 10, "")
		states := map[string]int{}
		for _, r := range page.Results {
			states[r.Status]++
		}
		if err != nil || states["sent"] != 1 || states["suppressed"] != 1 {
			return fmt.Errorf("the results are %v, %w", states, err)
		}
		return nil
	})
	if n := len(h.mails(t, 3)); n != 3 {
		t.Errorf("%d mails were sent", n)
	}
}

// A group is known as soon as it has a subscriber or a message.
func TestAnUnknownGroupIsNotFound(t *testing.T) {
	t.Parallel()
	h, group, known := shared(t), newRoom(), newRoom()
	s := h.scheduler(t)
	if _, err := s.Schedule(t.Context(), known, client.ScheduleRequest{Subject: "Nobody", Body: "There.", ScheduleOn: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if page, err := s.Subscribers(t.Context(), known, 10, ""); err != nil || len(page.Subscribers) != 0 {
		t.Errorf("a group with a message and no subscriber has %+v, %v", page, err)
	}
	if _, err := s.Subscribers(t.Context(), group, 10, ""); !errors.Is(err, client.ErrNotFound) {
		t.Errorf("its subscribers: %v", err)
	}
	if _, err := s.List(t.Context(), group, client.ListRequest{}); !errors.Is(err, client.ErrNotFound) {
		t.Errorf("its messages: %v", err)
	}
}

func TestPoisonInTheSchedulersQueuesEndsAsADeadLetter(t *testing.T) {
	t.Parallel()
	h := shared(t)
	for queue, dead := range map[string]string{"DueQueueUrl": "DueDeadLetterQueueUrl", "DeliveryQueueUrl": "DeliveryDeadLetterQueueUrl"} {
		h.put(t, h.outputs[queue], "poison")
		if l := h.takeLetter(t, h.outputs[dead], func(l letter) bool { return l.body == "poison" }); l.reason == "" {
			t.Errorf("%s: the letter does not say why", dead)
		}
	}
}
