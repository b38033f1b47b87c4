package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// A receiver is a client of any kind.
type receiver interface {
	online(ctx context.Context)
	offline()
	isReady() <-chan struct{}
	log() *journal
}

// A run is one scenario under way.
type run struct {
	options
	scenario  string
	hub       *hub
	ledger    *ledger
	rng       *rand.Rand
	browser   *browser
	receivers []receiver
	mailboxes []*journal
	rooms     []string
	clients   context.Context // of the connections, which end with the scenario
	// calm says that nothing goes wrong, so that classic clients miss nothing and see nothing twice.
	calm  bool
	begun time.Time
	// padding is added to what is published.
	padding string
	remark  string // printed below the table's rows
	// ends put the stage in order again for the next scenario.
	ends []func(context.Context) error
}

var serial atomic.Int64

// room makes a new room.
func (r *run) room() string {
	name := fmt.Sprintf("%s-%d-%d", r.scenario, r.started.UnixMilli(), serial.Add(1))
	r.rooms = append(r.rooms, name)
	return name
}

// The kinds of clients.
const (
	kindStrict  = "strict"
	kindPage    = "hermes.js"
	kindArrival = "arrival" // hermes.js with order: "arrival"
	kindClassic = "classic"
)

// join brings a receiver into a room and waits until it is there. A page may have stored a position.
func (r *run) join(ctx context.Context, kind, user, room string, stored ...position) (receiver, error) {
	token, err := r.hub.token(ctx, user, room)
	if err != nil {
		return nil, err
	}
	hermes := kind != kindClassic
	j := r.ledger.open(&journal{
		kind: kind, name: fmt.Sprintf("%s %s-%d", kind, user, serial.Add(1)), user: user, room: room,
		complete: hermes || r.calm, once: hermes || r.calm, ordered: kind == kindStrict || kind == kindPage,
	})
	var c receiver
	url := r.hub.outputs["WebSocketUrl"]
	ready := make(chan struct{})
	switch kind {
	case kindStrict:
		c = &strict{journal: j, ledger: r.ledger, url: url, token: token, ready: ready, outbox: map[string]*sending{}}
	case kindClassic:
		j.position = math.MaxInt64 // it has none
		c = &classic{journal: j, ledger: r.ledger, url: url, token: token, ready: ready}
	default:
		options := map[string]any{"gap": gapWait.Milliseconds()}
		if kind == kindArrival {
			options["order"] = "arrival"
		}
		for _, p := range stored {
			options["positions"] = map[string]position{room: p}
		}
		if r.life > 0 {
			options["life"] = r.life.Milliseconds() * 2 / 3
		}
		c = &page{journal: j, ledger: r.ledger, browser: r.browser, url: url, token: token, options: options, ready: ready, cut: make(chan struct{}, 1)}
	}
	r.receivers = append(r.receivers, c)
	c.online(r.clients)
	select {
	case <-c.isReady():
		return c, nil
	case <-time.After(r.patience):
		return nil, fmt.Errorf("%s is not there within %v", j.name, r.patience)
	}
}

// audience fills a new room with a client of each kind.
func (r *run) audience(ctx context.Context, kinds ...string) (room string, all []receiver, err error) {
	room = r.room()
	for i, kind := range kinds {
		c, err := r.join(ctx, kind, "user"+strconv.Itoa(i), room)
		if err != nil {
			return "", nil, err
		}
		all = append(all, c)
	}
	return room, all, nil
}

// sendWithin is how long a sender tries.
const sendWithin = time.Minute

// publish sends a publication to the intake queue, as often as it takes, under one id.
func (r *run) publish(ctx context.Context, room, to string) {
	r.send(ctx, room, []int{r.ledger.offer(room, to)}, to)
}

// publishMany sends n publications in batches.
func (r *run) publishMany(ctx context.Context, room string, n int) {
	for n > 0 {
		var batch []int
		for range min(n, 10) {
			batch = append(batch, r.ledger.offer(room, ""))
		}
		r.send(ctx, room, batch, "")
		n -= len(batch)
	}
}

// send sends publications until the queue has taken each.
func (r *run) send(ctx context.Context, room string, numbers []int, to string) {
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	var entries []types.SendMessageBatchRequestEntry
	for _, n := range numbers {
		body := fmt.Sprintf(`{"id":"%s-%d-%d","user_id":"backend","room_id":%q,"to_user_id":%q,"data":%q}`,
			r.scenario, r.started.UnixMilli(), n, room, to, textOf(n)+r.padding)
		entries = append(entries, types.SendMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(n)), MessageBody: &body})
	}
	_ = until(ctx, func() error {
		out, err := r.hub.queues.SendMessageBatch(ctx, &sqs.SendMessageBatchInput{QueueUrl: aws.String(r.hub.outputs["QueueUrl"]), Entries: entries})
		if err != nil {
			return err
		}
		taken := map[string]bool{}
		for _, each := range out.Successful {
			n, _ := strconv.Atoi(*each.Id)
			r.ledger.accept(n)
			taken[*each.Id] = true
		}
		var rest []types.SendMessageBatchRequestEntry
		for _, each := range entries {
			if !taken[*each.Id] {
				rest = append(rest, each)
			}
		}
		if entries = rest; len(rest) > 0 {
			return errors.New("some were not taken")
		}
		return nil
	})
}

// shown waits until receivers have been shown n messages, or until time is up: scenarios go on in either case.
func (r *run) shown(ctx context.Context, within time.Duration, n int, all ...receiver) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	_ = until(ctx, func() error {
		for _, each := range all {
			if got := r.ledger.has(each.log()); got < n {
				return fmt.Errorf("%s has %d", each.log().name, got)
			}
		}
		return nil
	})
}

// struck waits until a fault has struck.
func (r *run) struck(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, r.patience)
	defer cancel()
	return until(ctx, func() error {
		n, err := r.hub.fired(ctx)
		if err == nil && n == 0 {
			err = errors.New("the fault never struck")
		}
		return err
	})
}

// idle waits until the queues are empty.
func (r *run) idle(ctx context.Context) error {
	waiting, cancel := context.WithTimeout(ctx, r.patience)
	defer cancel()
	return until(waiting, func() error {
		queues, err := r.hub.atWork(ctx)
		if err == nil && len(queues) > 0 {
			err = fmt.Errorf("after %v there are messages in %v", r.patience, queues)
		}
		return err
	})
}

func offline(all ...receiver) {
	var leaving sync.WaitGroup
	for _, each := range all {
		leaving.Go(each.offline)
	}
	leaving.Wait()
}

func (r *run) online(all ...receiver) {
	for _, each := range all {
		each.online(r.clients)
	}
}

// settle ends all faults, says a last word in each room, and waits until nothing is owed any more, or nothing moves.
func (r *run) settle(ctx context.Context) (*verdict, error) {
	if err := r.hub.heal(ctx); err != nil {
		return nil, err
	}
	r.online(r.receivers...)
	stuck := r.idle(ctx)
	for _, room := range r.rooms {
		r.publish(ctx, room, "")
	}
	stuck = errors.Join(stuck, r.idle(ctx))
	dead, err := r.hub.deadLetters(ctx)
	if err != nil {
		return nil, err
	}
	r.ledger.bury(dead)
	if err := r.collect(ctx); err != nil {
		return nil, err
	}
	v, received := r.ledger.judge()
	quiet := time.Now()
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for v.has(lost, gap) && time.Since(quiet) < r.quiet {
		select {
		case <-again.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if err := r.collect(ctx); err != nil {
			return nil, err
		}
		before := received
		if v, received = r.ledger.judge(); received > before {
			quiet = time.Now()
		}
	}
	if stuck != nil {
		v.violations = append(v.violations, violation{other, "hub", stuck.Error()})
	}
	return v, ctx.Err()
}

// restart ends the stage by a signal and starts it again. Clients come back by themselves.
func (r *run) restart(ctx context.Context, signal syscall.Signal) error {
	if err := r.hub.end(signal); err != nil {
		return err
	}
	err := r.hub.start(ctx)
	if err != nil {
		err = r.hub.start(ctx) // a busy machine may be too slow for the stage's patience; how it starts is not the question
	}
	return err
}
