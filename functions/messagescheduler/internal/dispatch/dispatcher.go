package dispatch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

// An Index finds waiting messages by the minute and shard of their bucket.
type Index interface {
	// Waiting reads the messages of one bucket that are due in [from, to), in order.
	Waiting(ctx context.Context, minute time.Time, shard int, from, to time.Time) ([]schedule.Due, error)
}

// Progress stores the dispatcher's progress.
type Progress interface {
	Load(ctx context.Context) (state State, found bool, err error)
	Save(ctx context.Context, state State) error
}

// A State is the dispatcher's progress.
type State struct {
	Loaded  time.Time // everything due before has been queued
	Checked time.Time // whole minute: buckets before have been looked at a second time
	Shards  int       // the most there have ever been

	SweepAfter string    // the object up to which content has been swept
	SweepAt    time.Time // when to go on
}

// A Dispatcher runs once a minute.
type Dispatcher struct {
	Index    Index
	Progress Progress
	Due      queue.Sender
	Shards   int
	Sweeper  *Sweeper // optional
	Now      func() time.Time
	Log      *slog.Logger
}

const (
	// settle is how long after its minute a bucket is read again: by then every message in it has been claimed, except
	// those whose queueing failed and those that the workers are late with. A message queued twice is sent once.
	settle = 2 * time.Minute
	// lookBack is how far back the first run starts.
	lookBack = 10 * time.Minute
	// late is the lateness above which a run logs a warning.
	late = time.Minute

	parallelSends = 16
	batch         = 10
)

// Run queues what falls due within contract.Ahead, minute by minute in order, starting where the last run ended,
// however long ago that was. It saves its progress after each minute with messages, so that a run that dies loses
// nothing.
func (d *Dispatcher) Run(ctx context.Context) error {
	state, err := d.load(ctx)
	if err != nil {
		return fmt.Errorf("dispatch: load progress: %w", err)
	}
	before, to := state.Loaded, d.Now().Add(contract.Ahead)
	for state.Loaded.Before(to) {
		minute := state.Loaded.Truncate(time.Minute)
		end := earlier(minute.Add(time.Minute), to)
		n, err := d.queue(ctx, minute, state.Loaded, end, state.Shards)
		if err != nil {
			return fmt.Errorf("dispatch: minute %s: %w", minute.Format(time.RFC3339), err)
		}
		if state.Loaded = end; n > 0 || d.Now().Sub(end) > late {
			if err := d.Progress.Save(ctx, state); err != nil {
				return fmt.Errorf("dispatch: save progress: %w", err)
			}
		}
	}
	if err := d.recheck(ctx, &state, before); err != nil {
		return err
	}
	if d.Sweeper != nil {
		d.Sweeper.Sweep(ctx, &state)
	}
	if err := d.Progress.Save(ctx, state); err != nil {
		return fmt.Errorf("dispatch: save progress: %w", err)
	}
	return nil
}

func (d *Dispatcher) load(ctx context.Context) (State, error) {
	state, found, err := d.Progress.Load(ctx)
	if err != nil {
		return state, err
	}
	if !found {
		first := d.Now().Add(-lookBack).Truncate(time.Minute)
		state = State{Loaded: first, Checked: first}
	}
	state.Shards = max(state.Shards, d.Shards) // messages may still wait in shards that are no longer used
	return state, nil
}

// recheck reads buckets again that earlier runs have queued.
func (d *Dispatcher) recheck(ctx context.Context, state *State, loadedBefore time.Time) error {
	limit := earlier(d.Now(), loadedBefore).Add(-settle)
	for minute := state.Checked; !minute.Add(time.Minute).After(limit); minute = minute.Add(time.Minute) {
		n, err := d.queue(ctx, minute, time.Time{}, d.Now(), state.Shards)
		if err != nil {
			return fmt.Errorf("dispatch: recheck minute %s: %w", minute.Format(time.RFC3339), err)
		}
		if n > 0 {
			d.Log.WarnContext(ctx, "messages not claimed in time, queued again", "minute", minute, "messages", n)
		}
		state.Checked = minute.Add(time.Minute)
	}
	return nil
}

// queue queues the messages of one minute's buckets, in order of their due times.
func (d *Dispatcher) queue(ctx context.Context, minute, from, to time.Time, shards int) (int, error) {
	found := make([][]schedule.Due, shards)
	readers, readCtx := errgroup.WithContext(ctx)
	readers.SetLimit(parallelSends)
	for shard := range shards {
		readers.Go(func() (err error) {
			found[shard], err = d.Index.Waiting(readCtx, minute, shard, from, to)
			return err
		})
	}
	if err := readers.Wait(); err != nil {
		return 0, err
	}
	due := slices.Concat(found...)
	slices.SortFunc(due, func(a, b schedule.Due) int { return int(a.Due - b.Due) })
	if len(due) > 0 {
		if behind := d.Now().Sub(due[0].Time()); behind > late {
			d.Log.WarnContext(ctx, "late", "minute", minute, "messages", len(due), "late_ms", behind.Milliseconds())
		}
	}
	return len(due), d.send(ctx, due)
}

func (d *Dispatcher) send(ctx context.Context, due []schedule.Due) error {
	senders, sendCtx := errgroup.WithContext(ctx)
	senders.SetLimit(parallelSends)
	for part := range slices.Chunk(due, batch) {
		senders.Go(func() error {
			messages := make([]queue.Message, len(part))
			for i, one := range part {
				messages[i] = one.Message(one.Time().Sub(d.Now()))
			}
			return errors.Join(d.Due.Send(sendCtx, messages)...)
		})
	}
	return senders.Wait()
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
