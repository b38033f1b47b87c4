package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// api is what a redrive needs of *sqs.Client.
type api interface {
	ReceiveMessage(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	SendMessage(context.Context, *sqs.SendMessageInput, ...func(*sqs.Options)) (*sqs.SendMessageOutput, error)
	DeleteMessage(context.Context, *sqs.DeleteMessageInput, ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error)
	ChangeMessageVisibility(context.Context, *sqs.ChangeMessageVisibilityInput, ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityOutput, error)
}

var _ api = (*sqs.Client)(nil)

// hidden is for how long nobody else sees the dead letters that are being looked at.
const hidden = 5 * time.Minute

// A redrive looks at a dead-letter queue and sends dead letters back to where they came from.
type redrive struct {
	sqs          api
	dead, source string // URLs
	intake       bool
	out          io.Writer
}

// run lists the dead letters that o selects or, unless o.list, redrives them, oldest first.
func (r redrive) run(ctx context.Context, o options) (err error) {
	deadLetters, err := r.receive(ctx, o.limit)
	// What is still in the queue in the end is visible again at once, also when the command is interrupted.
	kept := slices.Clone(deadLetters)
	defer func() { r.release(context.WithoutCancel(ctx), kept) }()
	if err != nil {
		return err
	}
	refusedBodies := map[string]error{} // also of SNS's copies of alerts, which do not say why
	for _, l := range deadLetters {
		if why := l.hopeless(r.intake); why != nil {
			refusedBodies[*l.Body] = why
		}
	}
	selected := slices.DeleteFunc(deadLetters, func(l deadLetter) bool { return !o.selects(l) })
	r.print(selected)
	if o.list {
		return nil
	}
	moved, refused := 0, 0
	for _, l := range selected {
		if why := refusedBodies[*l.Body]; why != nil && !o.force {
			refused++
			fmt.Fprintf(r.out, "not redriven: %s would fail again: %v\n", *l.MessageId, why)
			continue
		}
		if err := r.move(ctx, l); err != nil {
			return fmt.Errorf("redrove %d of %d, the others are where they were: %w", moved, len(selected), err)
		}
		kept = slices.DeleteFunc(kept, func(k deadLetter) bool { return *k.MessageId == *l.MessageId })
		moved++
	}
	fmt.Fprintf(r.out, "redrove %d of %d\n", moved, len(selected))
	if refused > 0 {
		return fmt.Errorf("%d would fail again and stay in the queue: mend what sent them and delete them, or redrive them with -force after a release that takes them", refused)
	}
	return nil
}

// receive takes up to limit dead letters, oldest first.
func (r redrive) receive(ctx context.Context, limit int) ([]deadLetter, error) {
	var deadLetters []deadLetter
	seen := map[string]bool{}
	for len(deadLetters) < limit {
		out, err := r.sqs.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: &r.dead, MaxNumberOfMessages: int32(min(10, limit-len(deadLetters))), VisibilityTimeout: int32(hidden.Seconds()),
			WaitTimeSeconds:       3, // a long poll asks all servers of the queue, and waits for what somebody else looks at
			MessageAttributeNames: []string{"All"}, MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
		})
		if err != nil {
			return deadLetters, fmt.Errorf("receive from %s: %w", r.dead, err)
		}
		if len(out.Messages) == 0 {
			break
		}
		for _, m := range out.Messages {
			if !seen[*m.MessageId] {
				seen[*m.MessageId] = true
				deadLetters = append(deadLetters, deadLetterOf(m))
			}
		}
	}
	slices.SortStableFunc(deadLetters, func(a, b deadLetter) int { return a.sent.Compare(b.sent) })
	return deadLetters, nil
}

// move sends the dead letter and only then deletes it: at worst it is there twice, under one id.
func (r redrive) move(ctx context.Context, l deadLetter) error {
	in := &sqs.SendMessageInput{QueueUrl: &r.source, MessageBody: aws.String(l.body(r.intake))}
	if group := l.Attributes[string(types.MessageSystemAttributeNameMessageGroupId)]; group != "" {
		in.MessageGroupId = &group
	}
	if _, err := r.sqs.SendMessage(ctx, in); err != nil {
		return fmt.Errorf("send to %s: %w", r.source, err)
	}
	if _, err := r.sqs.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &r.dead, ReceiptHandle: l.ReceiptHandle}); err != nil {
		return fmt.Errorf("delete %s, which was sent, from %s: %w", *l.MessageId, r.dead, err)
	}
	return nil
}

func (r redrive) release(ctx context.Context, deadLetters []deadLetter) {
	for _, l := range deadLetters {
		// A dead letter that cannot be released becomes visible by itself.
		_, _ = r.sqs.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{QueueUrl: &r.dead, ReceiptHandle: l.ReceiptHandle, VisibilityTimeout: 0})
	}
}

func (r redrive) print(deadLetters []deadLetter) {
	table := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SENT\tMESSAGE ID\tRECEIVED\tREASON")
	for _, l := range deadLetters {
		received := l.Attributes[string(types.MessageSystemAttributeNameApproximateReceiveCount)]
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", l.sent.Format(time.RFC3339), *l.MessageId, received, printable(l.reason()))
	}
	_ = table.Flush()
}

// printable keeps a reason, which may quote what a stranger sent, from moving the cursor.
func printable(s string) string { return strings.Trim(strconv.QuoteToGraphic(s), `"`) }
