package expand

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/hermes-cdk/hermes/functions/internal/queue"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/delivery"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

// send queues the occurrence for the hub, then for each subscriber. If it runs twice, the hub's receivers drop the
// repeated id, and deliver finds its record of the first delivery.
func (x *Expander) send(ctx context.Context, m schedule.Message, due schedule.Due) error {
	if due.After == "" && x.Hub != nil && m.Has(schedule.ChannelHub) {
		if err := x.publish(ctx, m); err != nil {
			return fmt.Errorf("expand: hub: %w", err)
		}
	}
	if !x.mails(m) {
		return nil
	}
	err := x.Subscribers.Receiving(ctx, m.Group, due.After, func(page []Subscriber) error {
		if err := x.sendPage(ctx, m, page); err != nil {
			return err
		}
		due.After = page[len(page)-1].ID
		deadline, ok := ctx.Deadline()
		if !ok || deadline.Sub(x.Clock.Now()) > enough {
			return nil
		}
		due.Attempt = 0
		if err := errors.Join(x.Due.Send(ctx, []queue.Message{due.Message(0)})...); err != nil {
			return err
		}
		return errContinues
	})
	if err != nil && !errors.Is(err, errContinues) {
		return fmt.Errorf("expand: subscribers: %w", err)
	}
	return err
}

// mails reports whether a message is sent by mail.
func (x *Expander) mails(m schedule.Message) bool {
	return x.DeliveryQueue != nil && m.Has(schedule.ChannelEmail)
}

func (x *Expander) publish(ctx context.Context, m schedule.Message) error {
	content, err := x.Contents.Get(ctx, m.Object)
	if err != nil {
		return err
	}
	body, err := json.Marshal(schedule.Publication(m, content))
	if err != nil {
		return err
	}
	if err := errors.Join(x.Hub.Send(ctx, []queue.Message{{Body: string(body), Group: queue.Group(m.Group)}})...); err != nil {
		return err
	}
	if !x.mails(m) {
		x.Metrics.Duration(contract.MetricLateness, x.Clock.Now().Sub(m.Due))
	}
	return nil
}

// parallel is how many batches of ten are sent at once.
const parallel = 8

func (x *Expander) sendPage(ctx context.Context, m schedule.Message, page []Subscriber) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for part := range slices.Chunk(page, contract.BatchSize) {
		group.Go(func() error {
			var messages []queue.Message
			for _, s := range part {
				d := delivery.Delivery{
					ID:     delivery.ID{Group: m.Group, Key: m.Key, Due: m.Due.UnixMilli(), Subscriber: s.ID},
					Object: m.Object, Email: s.Email, Name: s.Name,
				}
				if s.Suppressed == "" {
					messages = append(messages, d.Message(0))
				} else if err := x.Records.Suppress(ctx, d.ID, s.Suppressed); err != nil {
					return err
				}
			}
			return errors.Join(x.DeliveryQueue.Send(ctx, messages)...)
		})
	}
	return group.Wait()
}
