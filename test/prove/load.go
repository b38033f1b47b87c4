package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// weights are how the load falls on the rooms.
var weights = []int{8, 4, 2, 1}

// A mix is the faults of a load, from its seed.
type mix func(r *run) []fault

// load publishes into four rooms of unequal load for a while, through faults.
func load(faults mix) func(ctx context.Context, r *run) error {
	return func(ctx context.Context, r *run) error {
		r.calm = faults == nil && r.life == 0
		l, err := r.newLoad(ctx)
		if err != nil {
			return err
		}
		if faults != nil {
			if err := r.hub.inject(ctx, faults(r)...); err != nil {
				return err
			}
		}
		if !r.calm {
			return l.publish(ctx, r.duration)
		}
		return l.metered(ctx)
	}
}

// metered publishes and reads what that has cost.
func (l *loaded) metered(ctx context.Context) error {
	if err := l.idle(ctx); err != nil {
		return err
	}
	if err := l.hub.control(ctx, http.MethodPost, "usage/reset", nil, nil); err != nil {
		return err
	}
	before := len(l.ledger.publications)
	if err := l.publish(ctx, l.duration); err != nil {
		return err
	}
	if err := l.idle(ctx); err != nil {
		return err
	}
	spent, err := l.hub.costOf(ctx, len(l.ledger.publications)-before)
	l.remark = spent.String()
	return err
}

type loaded struct {
	*run
	names   []string
	senders [][]*strict
	tabs    []*page
	users   []string // of whom each room has one
}

func (r *run) newLoad(ctx context.Context) (*loaded, error) {
	l := &loaded{run: r}
	kinds := append(slices.Repeat([]string{kindPage}, r.pages), kindStrict, kindStrict, kindClassic)
	for i := range kinds {
		l.users = append(l.users, "user"+strconv.Itoa(i))
	}
	for range weights {
		room, all, err := r.audience(ctx, kinds...)
		if err != nil {
			return nil, err
		}
		l.names = append(l.names, room)
		var senders []*strict
		for _, each := range all {
			switch c := each.(type) {
			case *strict:
				senders = append(senders, c)
			case *page:
				l.tabs = append(l.tabs, c)
			}
		}
		l.senders = append(l.senders, senders)
	}
	return l, nil
}

// publish offers messages at a rate, and returns when the queue has taken all of its own.
func (l *loaded) publish(ctx context.Context, duration time.Duration) error {
	every := time.NewTicker(time.Duration(float64(time.Second) / l.rate))
	defer every.Stop()
	var sending sync.WaitGroup
	defer sending.Wait()
	total := int(duration.Seconds() * l.rate)
	for i := 0; i < total; i++ {
		if l.most > 0 && i >= l.most {
			break
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		at := l.pick()
		switch dice := l.rng.IntN(100); {
		case dice < 30: // by a socket
			c := l.senders[at][l.rng.IntN(len(l.senders[at]))]
			c.send(l.ledger.offer(l.names[at], ""))
		case dice < 40: // for one user
			to := l.users[l.rng.IntN(len(l.users))]
			sending.Go(func() { l.run.publish(ctx, l.names[at], to) })
		case dice < 42: // a sender that has lost the answer
			n := l.ledger.offer(l.names[at], "")
			sending.Go(func() { l.send(ctx, l.names[at], []int{n}, ""); l.send(ctx, l.names[at], []int{n}, "") })
		default:
			sending.Go(func() { l.run.publish(ctx, l.names[at], "") })
		}
		if !l.calm && l.rng.IntN(200) == 0 {
			l.tabs[l.rng.IntN(len(l.tabs))].reload()
		}
	}
	return nil
}

// pick draws a room by weight.
func (l *loaded) pick() int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	dice := l.rng.IntN(sum)
	for i, w := range weights {
		if dice -= w; dice < 0 {
			return i
		}
	}
	return 0
}

// strike makes a rule with a seed of its own.
func (r *run) strike(service, action, kind string, share float64) fault {
	return fault{Service: service, Action: action, Kind: kind, Share: share, Seed: r.rng.Uint64() >> 1}
}

func (r *run) delay(service, action string, share float64, ms int64) fault {
	f := r.strike(service, action, "delay", share)
	f.DelayMS = ms
	return f
}

func kills(r *run) []fault { return r.killsOf("Hub/") }

// killsOf kills the functions of a construct now and then.
func (r *run) killsOf(construct string) []fault {
	var rules []fault
	for _, name := range slices.Sorted(maps.Keys(r.hub.functions)) {
		if strings.HasPrefix(name, construct) {
			f := r.strike("lambda", "", "kill", 0.05)
			f.Function = r.hub.functions[name]
			rules = append(rules, f)
		}
	}
	// A kill comes a moment after the start: this keeps the function at work until then.
	return append(rules, r.delay("dynamodb", "", 0.1, 20))
}

func dynamoFaults(r *run) []fault {
	return []fault{
		r.strike("dynamodb", "", "error", 0.1), r.strike("dynamodb", "", "throttle", 0.1), r.strike("dynamodb", "", "drop", 0.05),
	}
}

func sqsFaults(r *run) []fault {
	return []fault{r.strike("sqs", "", "error", 0.1), r.strike("sqs", "", "drop", 0.1)}
}

func connectionFaults(r *run) []fault {
	return []fault{
		r.strike("execute-api", "PostToConnection", "error", 0.1), r.strike("execute-api", "PostToConnection", "throttle", 0.1),
		r.strike("execute-api", "PostToConnection", "drop", 0.05),
	}
}

func socketFaults(r *run) []fault { return []fault{r.strike("socket", "", "close", 0.01)} }

func historyFaults(r *run) []fault {
	return []fault{r.delay("dynamodb", "BatchWriteItem", 0.2, 1500), r.delay("dynamodb", "PutItem", 0.2, 1500)}
}

func postFaults(r *run) []fault {
	return []fault{r.strike("execute-api", "PostToConnection", "error", 0.3)}
}

// queueFaults are what SQS promises: each message at least once, and in no order.
func queueFaults(r *run) []fault {
	window := func(kind string, share float64, ms int64) fault {
		f := r.strike("sqs", "", kind, share)
		f.WindowMS = ms
		return f
	}
	return []fault{window("duplicate", 0.2, 2000), window("reorder", 0.2, 1000), window("late", 0.1, 1000)}
}

// allFaults are all faults, each with a part of its share, for they come together.
func allFaults(part float64) mix {
	return func(r *run) (all []fault) {
		for _, faults := range []mix{kills, dynamoFaults, sqsFaults, connectionFaults, socketFaults, historyFaults, queueFaults} {
			for _, rule := range faults(r) {
				rule.Share *= part
				all = append(all, rule)
			}
		}
		return all
	}
}

// lifeOfLives is how long the connections of scenario lives may be open. hermes.js opens the next one after two thirds of it.
const lifeOfLives = 9 * time.Second

// lives gives connections seconds to live, and has them renewed by a notice as well. 50 clients with hermes.js in each room go from
// one to the next under load.
func lives(ctx context.Context, r *run) error {
	r.pages = 50
	r.rate = min(r.rate, 12)
	r.duration = max(r.duration, 3*lifeOfLives)
	r.life = lifeOfLives
	if err := r.limitLife(ctx, lifeOfLives); err != nil {
		return err
	}
	l, err := r.newLoad(ctx)
	if err != nil {
		return err
	}
	if err := l.publish(ctx, r.duration/2); err != nil {
		return err
	}
	for _, room := range l.names {
		if err := r.hub.put(ctx, "Hub/Intake", fmt.Sprintf(`{"room_id":%q,"notice":"reconnect","within":2}`, room)); err != nil {
			return err
		}
	}
	return l.publish(ctx, r.duration/2)
}

// limitLife starts the stage again with another limit of connections, until the run is judged.
func (r *run) limitLife(ctx context.Context, life time.Duration) error {
	before := r.hub.arguments
	r.ends = append(r.ends, func(ctx context.Context) error {
		r.hub.arguments = before
		return r.restart(ctx, syscall.SIGTERM)
	})
	r.hub.arguments = []string{"-ws-life", life.String()}
	return r.restart(ctx, syscall.SIGTERM)
}

// restarts ends the stage twice under load.
func restarts(ctx context.Context, r *run) error {
	l, err := r.newLoad(ctx)
	if err != nil {
		return err
	}
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		var publishing sync.WaitGroup
		publishing.Go(func() { err = l.publish(ctx, r.duration/2) })
		select {
		case <-time.After(r.duration / 4):
		case <-ctx.Done():
		}
		if err := r.restart(ctx, signal); err != nil {
			return err
		}
		if publishing.Wait(); err != nil {
			return err
		}
	}
	return nil
}
