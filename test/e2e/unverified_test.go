package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/client"
)

// verify follows the link that SES sends to an address, or sets a domain's DNS records.
func (s *stage) verify(t *testing.T, identity string) {
	t.Helper()
	if err := s.control(http.MethodPost, "ses/identities", map[string]string{"name": identity}, nil); err != nil {
		t.Fatal(err)
	}
}

// alarmed waits until an alarm has fired.
func (s *stage) alarmed(t *testing.T, alarm string) {
	t.Helper()
	eventually(t, func() error {
		for _, a := range get[struct {
			Alarms []struct{ Name, State string }
		}](t, s, "alarms").Alarms {
			if strings.Contains(a.Name, alarm) && a.State == "ALARM" {
				return nil
			}
		}
		return fmt.Errorf("%s has not fired", alarm)
	})
}

// An identity begins unverified, and SES refuses its mails. They wait, and go out once it is verified.
func TestMailsWaitUntilTheirSenderIsVerified(t *testing.T) {
	t.Parallel()
	h, group := newHubStage(t, "-confirm-identities=false"), newRoom()
	s := h.scheduler(t)
	subscribe(t, s, group, "ada@example.com")
	made, err := s.Schedule(t.Context(), group, client.ScheduleRequest{Subject: "Hello", Body: "At last.", ScheduleOn: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	h.alert(t, alertText(t))
	h.alarmed(t, "SchedulerMailsBlockedAlarm")
	h.verify(t, "no-reply@hermes.example")
	h.alarmed(t, "BudgetMailsBlockedAlarm")
	h.verify(t, "alerts@hermes.example")
	subjects := map[string]int{}
	for _, m := range h.mails(t, 2) {
		subjects[m.Subject]++
	}
	if len(subjects) != 2 || subjects["Hello"] != 1 {
		t.Errorf("the mails are %v", subjects)
	}
	eventually(t, func() error {
		page, err := s.Results(t.Context(), group, made.Key, time.Time{}, 10, "")
		if err != nil || len(page.Results) != 1 || page.Results[0].Status != "sent" {
			return fmt.Errorf("the results are %+v, %w", page, err)
		}
		return nil
	})
}
