package subscriber_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/alert"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/internal/subscriber"
	"github.com/hermes-cdk/hermes/functions/internal/metrics"
	"github.com/hermes-cdk/hermes/functions/internal/seserror"
	hubcontract "github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/snsverify"
)

var body = []byte(`{"Type":"the envelope"}`)

func (w *peers) notified() string { return fmt.Sprint(slices.Sorted(maps.Keys(w.mails))) }

func TestAnAlertIsSent(t *testing.T) {
	t.Parallel()
	w := newPeers()
	w.message = notification(budgetAlert("Monthly"))
	if err := w.subscriber(t).Receive(t.Context(), body, nil); err != nil {
		t.Fatal(err)
	}
	t.Run("to each recipient of the budget, once and apart", func(t *testing.T) {
		if got := w.notified(); got != "[ada@example.com ops@example.com]" || len(w.mails["ada@example.com"]) != 1 {
			t.Errorf("notified %s", got)
		}
		if m := w.mails["ada@example.com"][0]; m.Subject != "Cost control alert: 90% of Monthly reached" || !strings.HasPrefix(m.Text, "Hello Ada,") {
			t.Errorf("mail %+v", m)
		}
	})
	t.Run("to the hub's room", func(t *testing.T) {
		p, err := hubcontract.ParsePublication([]byte(w.hub[0].Body))
		if err != nil || p.ID != messageID || p.RoomID != "budget" || p.UserID != "aws-budgets" || w.hub[0].Group == "" {
			t.Fatalf("publication %+v, %v", p, err)
		}
		for _, part := range []string{
			`{"type":"budget","data":{"kind":"budget","id":"` + messageID + `","time":"2026-11-20T09:30:00Z","budget":"Monthly","account":"123456789012"`,
			`"limit":{"value":1000,"unit":"USD","text":"$1,000.00"}`, `"percent":90`,
		} {
			if !strings.Contains(string(p.Data), part) {
				t.Errorf("%s is missing in %s", part, p.Data)
			}
		}
	})
	t.Run("and nothing twice", func(t *testing.T) {
		if err := w.subscriber(t).Receive(t.Context(), body, nil); err != nil || len(w.mails["ada@example.com"]) != 1 || len(w.hub) != 1 {
			t.Errorf("%d mails, %d publications, %v", len(w.mails["ada@example.com"]), len(w.hub), err)
		}
	})
	t.Run("without a word about addresses and texts in the log", func(t *testing.T) {
		if log := w.log.String(); strings.Contains(log, "@") || strings.Contains(log, "912.34") || !strings.Contains(log, messageID) {
			t.Errorf("log %s", log)
		}
	})
}

func TestTheOwnBudgetHasItsTitle(t *testing.T) {
	t.Parallel()
	w := newPeers()
	w.message = notification(budgetAlert("Web-0a1b2c3d"))
	s := w.subscriber(t)
	s.BudgetName, s.BudgetTitle = "Web-0a1b2c3d", "Web"
	if err := s.Receive(t.Context(), body, nil); err != nil || w.notified() != "[ada@example.com web@example.com]" {
		t.Errorf("notified %s, %v", w.notified(), err)
	}
	if m := w.mails["web@example.com"]; len(m) != 1 || m[0].Subject != "Cost control alert: 90% of Web reached" {
		t.Errorf("mail %+v", m)
	}
}

func TestWhatFailsIsCompletedLater(t *testing.T) {
	t.Parallel()
	w := newPeers()
	w.message = notification(budgetAlert("Monthly"))
	w.mailing["ops@example.com"] = errDown
	s := w.subscriber(t)
	if err := s.Receive(t.Context(), body, nil); !errors.Is(err, errDown) || len(w.mails["ada@example.com"]) != 1 || len(w.hub) != 1 {
		t.Fatalf("%d mails, %d publications, %v", len(w.mails["ada@example.com"]), len(w.hub), err)
	}
	delete(w.mailing, "ops@example.com")
	if err := s.Receive(t.Context(), body, nil); err != nil || len(w.mails["ada@example.com"]) != 1 || len(w.mails["ops@example.com"]) != 1 || len(w.hub) != 1 {
		t.Errorf("mails %v, %d publications, %v", w.mails, len(w.hub), err)
	}
}

func TestAMailWithoutAnAnswerIsNotSentAgainUnlessSESIsSilent(t *testing.T) {
	t.Parallel()
	w := newPeers()
	w.message = notification(budgetAlert("Monthly"))
	w.mailing["ada@example.com"] = subscriber.ErrUnanswered
	s := w.subscriber(t)
	receive := func() error { return s.Receive(t.Context(), body, nil) }
	if err := receive(); !errors.Is(err, subscriber.ErrUnanswered) || len(w.mails["ops@example.com"]) != 1 {
		t.Fatalf("mails %v, %v", w.mails, err)
	}
	delete(w.mailing, "ada@example.com")
	var claimed string
	for receiver, state := range w.receipts {
		if state == contract.StateSending {
			claimed = receiver
		}
	}
	if err := receive(); !errors.Is(err, subscriber.ErrBusy) || len(w.mails["ada@example.com"]) != 0 {
		t.Fatalf("mails %v, %v", w.mails, err)
	}
	t.Run("it is done when SES reports it", func(t *testing.T) {
		if err := errors.Join(s.Mailed(t.Context(), messageID, claimed), receive()); err != nil || len(w.mails["ada@example.com"]) != 0 {
			t.Errorf("mails %v, %v", w.mails, err)
		}
	})
	t.Run("SES's report comes before the lease ends", func(t *testing.T) {
		if contract.Lease < seserror.Reported {
			t.Errorf("the lease of %s is shorter than %s", contract.Lease, seserror.Reported)
		}
	})
}

func TestTheAnswerDependsOnTheWorst(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		ada, ops error
		is       error
		isNot    error
	}{
		{"a refusal alone is one", nil, errRefused, errRefused, errDown},
		{"refusals alone are one", errRefused, errRefused, errRefused, errDown},
		{"a failure beside a refusal is to be repeated", errRefused, errDown, errDown, errRefused},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newPeers()
			w.message = notification(budgetAlert("Monthly"))
			w.mailing["ada@example.com"], w.mailing["ops@example.com"] = c.ada, c.ops
			if err := w.subscriber(t).Receive(t.Context(), body, nil); !errors.Is(err, c.is) || errors.Is(err, c.isNot) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("an account that is not set up is to be repeated, and measured", func(t *testing.T) {
		t.Parallel()
		w := newPeers()
		w.message = notification(budgetAlert("Monthly"))
		w.mailing["ada@example.com"], w.mailing["ops@example.com"] = errRefused, fmt.Errorf("%w: %w", subscriber.ErrNotSetUp, errRefused)
		s, out := w.subscriber(t), bytes.Buffer{}
		s.Metrics = &metrics.Emitter{Out: &out, Dimension: "Subscriber", Value: "b", Now: time.Now}
		if err := s.Receive(t.Context(), body, nil); !errors.Is(err, subscriber.ErrNotSetUp) {
			t.Errorf("got %v", err)
		}
		if strings.Count(out.String(), `"Blocked":1`) != 1 {
			t.Errorf("measured %s", out.String())
		}
	})
	t.Run("a message that another sends is to be repeated", func(t *testing.T) {
		t.Parallel()
		w := newPeers()
		w.message = notification(budgetAlert("Monthly"))
		w.receipts[contract.ReceiverHub] = contract.StateSending
		if err := w.subscriber(t).Receive(t.Context(), body, nil); !errors.Is(err, subscriber.ErrBusy) || len(w.hub) != 0 {
			t.Errorf("got %v", err)
		}
	})
	t.Run("without receipts nothing is sent", func(t *testing.T) {
		t.Parallel()
		w := newPeers()
		w.message = notification(budgetAlert("Monthly"))
		w.receiptsDown = true
		if err := w.subscriber(t).Receive(t.Context(), body, nil); !errors.Is(err, errDown) || len(w.mails)+len(w.hub) != 0 {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a hub that fails is to be repeated", func(t *testing.T) {
		t.Parallel()
		w := newPeers()
		w.message = notification(budgetAlert("Monthly"))
		w.hubDown = errDown
		if err := w.subscriber(t).Receive(t.Context(), body, nil); !errors.Is(err, errDown) || err.Error() != "subscriber: publish: service is down" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("an alert for nobody is done", func(t *testing.T) {
		t.Parallel()
		w := newPeers()
		w.message = notification(budgetAlert("Monthly"))
		s := w.subscriber(t)
		s.Hub, s.Mailer = nil, nil
		if err := s.Receive(t.Context(), body, nil); err != nil || !strings.Contains(w.log.String(), "no receivers for this budget") {
			t.Errorf("got %v, log %s", err, w.log.String())
		}
	})
}

func TestOnlyVerifiedMessagesDoAnything(t *testing.T) {
	t.Parallel()
	w := newPeers()
	w.message, w.unverified = notification(budgetAlert("Monthly")), snsverify.ErrSignature
	if err := w.subscriber(t).Receive(t.Context(), body, nil); !errors.Is(err, snsverify.ErrSignature) || len(w.mails)+len(w.hub)+len(w.dead)+len(w.receipts) != 0 {
		t.Errorf("got %v, %+v", err, w)
	}
}

func TestTheHeaderIsComparedWithTheMessage(t *testing.T) {
	t.Parallel()
	w := newPeers()
	w.message = notification(budgetAlert("Monthly"))
	header := http.Header{"X-Amz-Sns-Message-Id": {messageID}}
	if err := w.subscriber(t).Receive(t.Context(), body, header); err != nil || len(w.verified) != 1 || w.verified[0].Get("X-Amz-Sns-Message-Id") != messageID {
		t.Errorf("verified with %v, %v", w.verified, err)
	}
}

func TestSubscriptions(t *testing.T) {
	t.Parallel()
	t.Run("are confirmed by the API with topic and token", func(t *testing.T) {
		t.Parallel()
		w := newPeers()
		w.message = &snsverify.SubscriptionConfirmation{Common: common(snsverify.TypeSubscriptionConfirmation, "x"), Token: "t"}
		if err := w.subscriber(t).Receive(t.Context(), body, nil); err != nil || fmt.Sprint(w.confirmed) != "["+topic+" t]" {
			t.Errorf("confirmed %v, %v", w.confirmed, err)
		}
	})
	t.Run("whose confirmation fails pass the failure on", func(t *testing.T) {
		t.Parallel()
		w := newPeers()
		w.message = &snsverify.SubscriptionConfirmation{Common: common(snsverify.TypeSubscriptionConfirmation, "x"), Token: "t"}
		w.confirming = errRefused
		if err := w.subscriber(t).Receive(t.Context(), body, nil); !errors.Is(err, errRefused) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("that ended are recorded once and never restored", func(t *testing.T) {
		t.Parallel()
		w := newPeers()
		w.message = &snsverify.UnsubscribeConfirmation{Common: common(snsverify.TypeUnsubscribeConfirmation, "x"), Token: "t"}
		for range 2 {
			if err := w.subscriber(t).Receive(t.Context(), body, nil); err != nil || len(w.confirmed) != 0 {
				t.Errorf("confirmed %v, %v", w.confirmed, err)
			}
		}
		if len(w.dead) != 1 || w.dead[0].Body != string(body) || !strings.HasPrefix(w.dead[0].Error, "the topic's subscription was removed") {
			t.Errorf("dead letters %+v", w.dead)
		}
		if err := w.subscriber(t).ReceiveAgain(t.Context(), body); err != nil {
			t.Errorf("sent back: %v", err)
		}
	})
}

func TestWhatIsNotUnderstoodIsKept(t *testing.T) {
	t.Parallel()
	w := newPeers()
	w.message = notification("Hello")
	s := w.subscriber(t)
	const want = `message not understood: alert: parse: neither a budget alert nor a cost anomaly: it starts with "Hello"`
	for range 2 {
		if err := s.Receive(t.Context(), body, nil); !errors.Is(err, subscriber.ErrNotUnderstood) || !errors.Is(err, alert.ErrUnknown) || err.Error() != want {
			t.Errorf("got %v", err)
		}
	}
	if len(w.dead) != 1 || w.dead[0].Body != string(body) || w.dead[0].Error != want {
		t.Errorf("dead letters %+v", w.dead)
	}
	t.Run("and comes to nothing when it is sent back", func(t *testing.T) {
		if err := s.ReceiveAgain(t.Context(), body); !errors.Is(err, subscriber.ErrNotUnderstood) || len(w.dead) != 1 {
			t.Errorf("got %v, %d dead letters", err, len(w.dead))
		}
	})
	t.Run("and is delivered when it is understood by then", func(t *testing.T) {
		w.message = notification(budgetAlert("Monthly"))
		if err := s.ReceiveAgain(t.Context(), body); err != nil || w.notified() != "[ada@example.com ops@example.com]" {
			t.Errorf("notified %s, %v", w.notified(), err)
		}
	})
	t.Run("or else is to be repeated", func(t *testing.T) {
		t.Parallel()
		w := newPeers()
		w.message, w.deadDown = notification("Hello"), errDown
		if err := w.subscriber(t).Receive(t.Context(), body, nil); !errors.Is(err, errDown) || errors.Is(err, subscriber.ErrNotUnderstood) {
			t.Errorf("got %v", err)
		}
	})
}

func TestTheTrialOfATopicIsAcknowledged(t *testing.T) {
	t.Parallel()
	w := newPeers()
	w.message = notification("SNS Topic Verified!")
	if err := w.subscriber(t).Receive(t.Context(), body, nil); err != nil || len(w.mails)+len(w.hub)+len(w.dead) != 0 {
		t.Errorf("got %v, %+v", err, w)
	}
}
