package roomlog_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hubtest"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/roomlog"
)

// A model is a room that several workers append to, whose store fails, loses answers and deletes what has expired, and
// whose records are delivered again until they are done, and sometimes after.
type model struct {
	random  *rand.Rand
	clock   *clock.Fake
	rows    *hubtest.Rows
	workers []*roomlog.Log
	trouble float64 // share of calls that fail

	queue   []hub.Message // records that are not done
	done    []hub.Message // records of late that are
	records int

	given   map[int64]string // record by number: every number that was ever given
	numbers map[string]int64 // number by record
	last    int64
}

// flaky fails calls before or after they had their effect, and races others.
type flaky struct {
	*hubtest.Rows
	m *model
}

func (f flaky) trouble(err error) error {
	if err == nil && f.m.random.Float64() < f.m.trouble {
		return hubtest.ErrDown
	}
	return err
}

func (f flaky) Put(ctx context.Context, row roomlog.Row) error {
	if err := f.trouble(nil); err != nil {
		return err
	}
	err := f.Rows.Put(ctx, row)
	if err == nil {
		f.m.kept(row)
	}
	return f.trouble(err)
}

func (f flaky) Since(ctx context.Context, roomID string, first int64, limit int) ([]roomlog.Row, bool, error) {
	// Small pages, so that there are many.
	rows, more, err := f.Rows.Since(ctx, roomID, first, min(limit, 3))
	return rows, more, f.trouble(err)
}

func (f flaky) Until(ctx context.Context, roomID string, last int64, limit int) ([]roomlog.Row, bool, error) {
	rows, more, err := f.Rows.Until(ctx, roomID, last, limit)
	f.m.interfere()
	return rows, more, f.trouble(err)
}

func (f flaky) Hint(ctx context.Context, roomID string) (hub.Position, error) {
	f.m.interfere()
	p, err := f.Rows.Hint(ctx, roomID)
	return p, f.trouble(err)
}

func (f flaky) SetHint(ctx context.Context, roomID string, p hub.Position) error {
	if err := f.trouble(nil); err != nil {
		return err
	}
	return f.trouble(f.Rows.SetHint(ctx, roomID, p))
}

const modelRoom = "orders"

func newModel(seed uint64) *model {
	m := &model{
		random: rand.New(rand.NewPCG(seed, 0)), clock: clock.NewFake(), rows: &hubtest.Rows{},
		given: map[int64]string{}, numbers: map[string]int64{},
	}
	for range 4 {
		m.workers = append(m.workers, m.worker())
	}
	return m
}

// worker is a worker that knows nothing, with a clock that is a little wrong.
func (m *model) worker() *roomlog.Log {
	wrong := time.Duration(m.random.IntN(20)-10) * time.Second
	return roomlog.New(roomlog.Config{
		Store:    flaky{m.rows, m},
		Now:      func() time.Time { return m.clock.Now().Add(wrong) },
		NewEpoch: func() string { return fmt.Sprintf("%016x", m.random.Uint64()) },
		Sleep:    func(context.Context, time.Duration) error { return nil },
	})
}

// kept notes a row that was written, and what it must not be.
func (m *model) kept(row roomlog.Row) {
	if row.First != m.last+1 {
		panic(fmt.Sprintf("a row begins at %d after %d", row.First, m.last))
	}
	for i, message := range row.Messages {
		seq := row.First + int64(i)
		if message.Seq != seq {
			panic(fmt.Sprintf("message %d of row %d has the number %d", i, row.First, message.Seq))
		}
		if record, ok := m.given[seq]; ok {
			panic(fmt.Sprintf("number %d was given to %s and to %s", seq, record, message.RecordID))
		}
		if other, ok := m.numbers[message.ID]; ok {
			panic(fmt.Sprintf("message %s has the numbers %d and %d", message.ID, other, seq))
		}
		m.given[seq], m.numbers[message.ID] = message.RecordID, seq
	}
	m.last = row.Last()
}

// interfere lets another worker in at an awkward moment.
func (m *model) interfere() {
	if m.random.IntN(10) == 0 {
		message := m.message()
		if len(m.queue) > 0 { // it has the same record
			message = m.queue[m.random.IntN(len(m.queue))]
		}
		if m.numbers[message.ID] != 0 {
			return
		}
		message.Seq = m.last + 1
		row := roomlog.Row{RoomID: modelRoom, Epoch: m.epoch(), First: message.Seq, Time: m.clock.Now(), Messages: []hub.Message{message}}
		if m.rows.Put(context.Background(), row) == nil {
			m.kept(row)
			_ = m.rows.SetHint(context.Background(), modelRoom, hub.Position{Epoch: row.Epoch, Seq: row.Last()})
		}
	}
}

func (m *model) epoch() string {
	if rows := m.rows.Kept(modelRoom); len(rows) > 0 {
		return rows[0].Epoch
	}
	if hint, _ := m.rows.Hint(context.Background(), modelRoom); hint.Epoch != "" {
		return hint.Epoch
	}
	return "first"
}

func (m *model) message() hub.Message {
	m.records++
	id := fmt.Sprint("r", m.records)
	return hub.Message{ID: id, RecordID: id, RoomID: modelRoom, Time: m.clock.Now().UnixMilli(), Data: []byte(`1`)}
}

// step lets something happen.
func (m *model) step() {
	switch n := m.random.IntN(100); {
	case n < 40:
		m.queue = append(m.queue, m.message())
	case n < 75:
		m.handle(m.workers[m.random.IntN(len(m.workers))])
	case n < 80 && len(m.queue) > 0: // a publisher without an answer sends again, within the window
		first := m.queue[m.random.IntN(len(m.queue))]
		again := m.message()
		if time.Duration(again.Time-first.Time)*time.Millisecond < roomlog.Window {
			again.ID = first.ID
			m.queue = append(m.queue, again)
		}
	case n < 84 && len(m.done) > 0: // SQS delivers once more what is done
		m.queue = append(m.queue, m.done[m.random.IntN(len(m.done))])
	case n < 88:
		m.workers[m.random.IntN(len(m.workers))] = m.worker()
	case n < 98:
		m.clock.Advance(time.Duration(m.random.IntN(20_000)) * time.Millisecond)
	default:
		m.idle()
	}
}

// handle lets a worker append some records. Those that fail are delivered again.
func (m *model) handle(worker *roomlog.Log) {
	m.random.Shuffle(len(m.queue), func(i, j int) { m.queue[i], m.queue[j] = m.queue[j], m.queue[i] })
	n := min(len(m.queue), 1+m.random.IntN(10))
	if n == 0 {
		return
	}
	batch := m.queue[:n:n]
	appended, err := worker.Append(context.Background(), modelRoom, batch)
	if err != nil {
		if !errors.Is(err, hubtest.ErrDown) && !errors.Is(err, roomlog.ErrContended) {
			panic(err)
		}
		return
	}
	for _, message := range batch {
		if m.numbers[message.ID] == 0 {
			panic(fmt.Sprintf("message %s is done and was never kept", message.ID))
		}
	}
	for _, run := range appended.Runs {
		for _, message := range run.Messages {
			if m.numbers[message.ID] != message.Seq {
				panic(fmt.Sprintf("message %s is delivered as %d, its number is %d", message.ID, message.Seq, m.numbers[message.ID]))
			}
		}
		if m.random.IntN(2) == 0 {
			worker.Delivered(run)
		}
	}
	if worker.Hint(context.Background(), modelRoom, appended.Last) == nil {
		m.done = append(m.done[max(0, len(m.done)-20):], batch...)
		m.queue = m.queue[n:]
	}
}

// idle finishes what is open, lets the room rest, and deletes some of what has expired, in any order.
func (m *model) idle() {
	trouble := m.trouble
	m.trouble = 0
	for len(m.queue) > 0 {
		m.handle(m.workers[0])
	}
	m.trouble, m.done = trouble, nil
	m.clock.Advance(time.Duration(m.random.IntN(180)) * time.Minute)
	share := m.random.Float64() * 1.5
	for _, row := range m.rows.Kept(modelRoom) {
		if m.clock.Now().Sub(row.Time) > roomlog.MinRetention && m.random.Float64() < share {
			m.rows.Delete(modelRoom, row.First)
		}
	}
}

// TestNumbersHoldUnderFaults: whatever happens, numbers follow each other, none is given twice, and a message has one.
func TestNumbersHoldUnderFaults(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		m := newModel(seed)
		m.trouble = float64(seed%4) / 10
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			defer func() {
				if fault := recover(); fault != nil {
					t.Error(fault)
				}
			}()
			for range 1500 {
				m.step()
			}
			m.idle()
			if len(m.numbers) < 100 {
				t.Errorf("only %d messages", len(m.numbers))
			}
		})
	}
}
