package client

import (
	"context"
	"errors"
	"fmt"
)

// A BatchResult is the outcome of PublishBatch.
type BatchResult struct {
	IDs      []string  // of every message, in the order given; also of those that failed
	Failures []Failure // those that failed, in the order given; nil when all were sent
}

// Publish sends one message and returns its ID, the generated one if it had none. The ID is returned with an error too:
// to publish the message again, set it. Errors: FieldError, EntryError, those of AWS and of ctx.
func (p *Publisher) Publish(ctx context.Context, m Message) (string, error) {
	result, err := p.PublishBatch(ctx, []Message{m})
	var batch *BatchError
	if errors.As(err, &batch) {
		f := batch.Failures[0]
		return f.ID, fmt.Errorf("client: publish message %q: %w", clip(f.ID), f.Err)
	}
	return result.IDs[0], nil
}

// PublishBatch sends any number of messages in as few SendMessageBatch calls as SQS's limits allow, one call after the
// other and in order. Messages that a call did not send are retried with back-off, and so is a call that fails for a
// temporary reason; a call that still fails ends the batch, because the next would fail too.
//
// A failed message, because the hub would refuse it or SQS did, does not hold up the others. The error is a *BatchError
// with the index of each failed message, or nil; the result is filled in either case.
func (p *Publisher) PublishBatch(ctx context.Context, messages []Message) (BatchResult, error) {
	result := BatchResult{IDs: make([]string, len(messages))}
	failed := make([]error, len(messages))
	var ready []entry
	for n, m := range messages {
		e, err := p.entry(n, m)
		result.IDs[n] = e.id
		if err != nil {
			failed[n] = err
			continue
		}
		ready = append(ready, e)
	}
	p.sendAll(ctx, ready, failed)
	for n, err := range failed {
		if err != nil {
			result.Failures = append(result.Failures, Failure{Index: n, ID: result.IDs[n], Err: err})
		}
	}
	if len(result.Failures) > 0 {
		return result, fmt.Errorf("client: publish batch: %w", &BatchError{Failures: result.Failures, Total: len(messages)})
	}
	return result, nil
}

// An entry is a message ready to be sent.
type entry struct {
	index int // in the slice given to PublishBatch
	id    string
	body  string
	size  int // body and attributes, bytes
}

func (p *Publisher) entry(index int, m Message) (entry, error) {
	if m.ID == "" {
		id, err := p.newID()
		if err != nil {
			return entry{}, err
		}
		m.ID = id
	}
	e := entry{index: index, id: m.ID}
	body, err := m.body()
	if err != nil {
		return e, err
	}
	e.body, e.size = body, len(body)+p.attrBytes
	if e.size > maxBatchBytes {
		return e, fmt.Errorf("%w: %d bytes with its attributes, SQS allows %d", ErrTooLarge, e.size, maxBatchBytes)
	}
	return e, nil
}

// sendAll sends entries and writes into failed, by index, why one was not sent.
func (p *Publisher) sendAll(ctx context.Context, entries []entry, failed []error) {
	sizes := make([]int, len(entries))
	for n, e := range entries {
		sizes[n] = e.size
	}
	for _, s := range split(sizes, maxBatchMessages, maxBatchBytes) {
		if err := p.send(ctx, entries[s.first:s.end], failed); err != nil {
			for _, e := range entries[s.end:] {
				failed[e.index] = err
			}
			return
		}
	}
}
