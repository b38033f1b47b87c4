package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"sync"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/golang-jwt/jwt/v5"
)

// A mail of the outbox.
type mail struct {
	Time    time.Time
	To      []string
	Subject string
}

// mailbox opens the journal of somebody who gets mails. Their publications are in a room of that name.
func (r *run) mailbox(address string) *journal {
	j := r.ledger.open(&journal{kind: "mail", name: address, user: address, room: "mails to " + address, complete: true, once: true, position: math.MaxInt64})
	r.mailboxes = append(r.mailboxes, j)
	return j
}

// collect reads the mails that were sent, all of them each time.
func (r *run) collect(ctx context.Context) error {
	if len(r.mailboxes) == 0 {
		return nil
	}
	var outbox struct{ Messages []mail }
	if err := r.hub.control(ctx, http.MethodGet, "outbox?limit=1000000", nil, &outbox); err != nil {
		return err
	}
	r.ledger.mu.Lock()
	defer r.ledger.mu.Unlock()
	for _, j := range r.mailboxes {
		r.ledger.received -= len(j.receipts)
		j.receipts = nil
		for _, m := range outbox.Messages {
			if n := numberIn([]byte(m.Subject)); strings.Contains(strings.Join(m.To, ","), j.name) && n >= 0 && m.Time.After(r.begun) {
				j.receipts = append(j.receipts, receipt{n: n, at: m.Time})
			}
		}
		r.ledger.received += len(j.receipts)
	}
	return nil
}

// How many messages a scenario schedules: few to show that the dispatcher and the API do not both send them, more to meet with
// faults.
const (
	scheduledCalmly   = 50
	scheduledInFaults = 300
)

// mailsApart is longer than SES takes for each mail of a new account: it sends 14 a second.
const mailsApart = 100 * time.Millisecond

// scheduled schedules messages for a group's subscribers and its room, through faults. The dispatcher, which runs each minute,
// runs more often meanwhile: it and the API must not both send a message.
func scheduled(faults mix) func(ctx context.Context, r *run) error {
	return func(ctx context.Context, r *run) error {
		if r.calm = faults == nil; !r.calm {
			r.quiet = 150 * time.Second // the dispatcher makes up for what was lost a minute or two later
		}
		group, _, err := r.audience(ctx, kindPage, kindStrict, kindClassic)
		if err != nil {
			return err
		}
		bearer, box, err := r.subscribe(ctx, group)
		if err != nil {
			return err
		}
		if faults != nil {
			if err := r.hub.inject(ctx, faults(r)...); err != nil {
				return err
			}
		}
		n := scheduledInFaults
		if r.calm {
			n = scheduledCalmly
		}
		return r.scheduleAll(ctx, bearer, group, box.room, n)
	}
}

// lostAnswer: the answer to the scheduler's own write of a message is lost. The caller hears of success nevertheless, and the
// message comes at its time.
func lostAnswer(ctx context.Context, r *run) error {
	r.calm = true
	group, _, err := r.audience(ctx, kindPage, kindStrict, kindClassic)
	if err != nil {
		return err
	}
	bearer, box, err := r.subscribe(ctx, group)
	if err != nil {
		return err
	}
	if err := r.hub.inject(ctx, fault{
		Service: "dynamodb", Action: "PutItem", Function: r.hub.functions["Scheduler/Schedule"], Kind: "drop", Count: 1,
	}); err != nil {
		return err
	}
	due := time.Now().Add(2 * time.Second).Truncate(time.Millisecond)
	told, mailed := r.ledger.due(group, due), r.ledger.due(box.room, due)
	body := fmt.Sprintf(`{"subject":%q,"body":"Proven.","schedule_on":%d,"data":%q}`, textOf(mailed), due.UnixMilli(), textOf(told))
	if err := r.post(ctx, bearer, "/"+group+"/schedule", body); err != nil {
		r.ledger.complain(box, err.Error())
	}
	r.ledger.accept(told)
	r.ledger.accept(mailed)
	return r.struck(ctx)
}

// subscribe makes the one subscriber of a group, and a token for the scheduler's API.
func (r *run) subscribe(ctx context.Context, group string) (bearer string, box *journal, err error) {
	key, err := r.hub.secret(ctx, r.hub.outputs["SchedulerSecretArn"])
	if err != nil {
		return "", nil, err
	}
	if bearer, err = jwt.NewWithClaims(jwt.SigningMethodHS512, jwt.MapClaims{
		"groups": []string{"*"}, "exp": time.Now().Add(12 * time.Hour).Unix(),
	}).SignedString([]byte(key)); err != nil {
		return "", nil, err
	}
	address := group + "@example.com"
	return bearer, r.mailbox(address), r.api(ctx, bearer, "/"+group+"/subscribers", fmt.Sprintf(`{"email":%q}`, address))
}

func (r *run) scheduleAll(ctx context.Context, bearer, group, mails string, messages int) error {
	var callers sync.WaitGroup
	defer callers.Wait()
	places := make(chan struct{}, 4)
	begun := time.Now()
	for i := range messages {
		due := begun.Add(2*time.Second + time.Duration(i)*mailsApart)
		if soonest := time.Now().Add(2 * time.Second); due.Before(soonest) {
			due = soonest
		}
		due = due.Truncate(time.Millisecond)
		told, mailed := r.ledger.due(group, due), r.ledger.due(mails, due)
		places <- struct{}{}
		callers.Go(func() {
			defer func() { <-places }()
			if r.api(ctx, bearer, "/"+group+"/schedule", fmt.Sprintf(
				`{"subject":%q,"body":"Proven. {{unsubscribe_url}}","schedule_on":%d,"idempotency_key":"%s-%d","data":%q}`,
				textOf(mailed), due.UnixMilli(), group, mailed, textOf(told))) == nil {
				r.ledger.accept(told)
				r.ledger.accept(mailed)
			}
		})
		if i%20 == 10 {
			_ = r.hub.invoke(ctx, "Scheduler/Dispatch") // it may be made to fail
		}
	}
	return nil
}

// due is offer for a message that is to come later.
func (l *ledger) due(room string, at time.Time) int {
	n := l.offer(room, "")
	l.mu.Lock()
	defer l.mu.Unlock()
	l.publications[n].at = at
	return n
}

// api posts to the scheduler's API, again when it fails.
func (r *run) api(ctx context.Context, bearer, path, body string) error {
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	return until(ctx, func() error { return r.post(ctx, bearer, path, body) })
}

// post posts to the scheduler's API. The error is final if trying again is vain.
func (r *run) post(ctx context.Context, bearer, path, body string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(r.hub.outputs["ApiUrl"], "/")+path, strings.NewReader(body))
	if err != nil {
		return final{err}
	}
	request.Header.Set("Authorization", "Bearer "+bearer)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, _ := io.ReadAll(response.Body)
	err = fmt.Errorf("POST %s: %s %s", path, response.Status, answer)
	switch {
	case response.StatusCode >= 500 || response.StatusCode == http.StatusTooManyRequests:
		return err
	case response.StatusCode >= 300:
		return final{err}
	}
	return nil
}

// invoke runs a function as EventBridge does, and waits for its end.
func (h *hub) invoke(ctx context.Context, construct string) error {
	body := fmt.Appendf(nil, `{"version":"0","id":"prove","source":"aws.events","detail-type":"Scheduled Event","time":%q,"detail":{}}`,
		time.Now().UTC().Format(time.RFC3339))
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url()+"/2015-03-31/functions/"+h.functions[construct]+"/invocations", bytes.NewReader(body))
	if err != nil {
		return err
	}
	credentials, err := h.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, credentials, request, hex.EncodeToString(sum[:]), "lambda", "us-east-1", time.Now()); err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK || response.Header.Get("X-Amz-Function-Error") != "" {
		answer, _ := io.ReadAll(response.Body)
		return fmt.Errorf("invoke %s: %s %s", construct, response.Status, answer)
	}
	return nil
}

// schedulerKills keep the functions at work for longer, so that kills find them there.
func schedulerKills(r *run) []fault {
	return append(r.killsOf("Scheduler/"), r.delay("dynamodb", "", 0.5, 50))
}

// snsGivesUp is longer than SNS tries on stage local: 12 times, 2 s apart.
const snsGivesUp = 45 * time.Second

// budgetAlerts publishes alerts as AWS Budgets does, through faults, then moves dead letters to the redrive queue.
func budgetAlerts(faults mix) func(ctx context.Context, r *run) error {
	return func(ctx context.Context, r *run) error {
		box := r.mailbox("ops@example.com")
		if err := r.hub.inject(ctx, faults(r)...); err != nil {
			return err
		}
		const alerts = 30
		apart := time.NewTicker(mailsApart)
		defer apart.Stop()
		for range alerts {
			<-apart.C
			n := r.ledger.offer(box.room, "")
			if err := r.hub.alert(ctx, fmt.Sprintf(alertText, textOf(n))); err != nil {
				return err
			}
			r.ledger.accept(n)
		}
		select {
		case <-time.After(snsGivesUp):
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := errors.Join(r.hub.heal(ctx), r.idle(ctx), r.collect(ctx)); err != nil {
			return err
		}
		return r.redrive(ctx, box)
	}
}

func sesDrops(r *run) []fault { return []fault{r.strike("ses", "", "drop", 0.3)} }

func budgetKills(r *run) []fault {
	return append(r.killsOf("Budget/"), r.delay("ses", "", 0.3, 20))
}

// redrive tries dead letters again. What was mailed must not be among them, nor be mailed again.
func (r *run) redrive(ctx context.Context, box *journal) error {
	dead, err := r.hub.deadLetters(ctx)
	if err != nil {
		return err
	}
	for _, body := range dead {
		n := numberIn([]byte(body))
		for _, each := range box.receipts {
			if each.n == n {
				r.ledger.complain(box, fmt.Sprintf("message %d was mailed and is a dead letter", n))
			}
		}
		if err := r.hub.put(ctx, "Budget/Redrive", body); err != nil {
			return err
		}
	}
	return nil
}

// alertText is that of AWS Budgets, with the name of the budget left open.
const alertText = `AWS Budget Notification November 20, 2026
AWS Account 123456789012

Dear AWS Customer,

You requested that we alert you when the ACTUAL Cost associated with your %[1]s budget is greater than $900.00 for the current month. The ACTUAL Cost associated with this budget is $912.34. You can find additional details below and by accessing the AWS Budgets dashboard [1].

Budget Name: %[1]s
Budget Type: Cost
Budgeted Amount: $1,000.00
Alert Type: ACTUAL
Alert Threshold: > $900.00
ACTUAL Amount: $912.34

[1] https://console.aws.amazon.com/costmanagement/home#/budgets
`
