package client

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// errNoAnswer is for an entry that SQS's answer does not mention.
var errNoAnswer = errors.New("sqs answered without a word about the message")

// send sends one batch until nothing is left over that sending again could help. The SDK does not do it, because a batch
// that failed in part is a call that succeeded: https://github.com/aws/aws-sdk-go-v2/issues/3519
// It returns an error if the call itself failed and is not tried again; reasons for single messages go to failed.
func (p *Publisher) send(ctx context.Context, batch []entry, failed []error) error {
	for try := 0; ; try++ {
		left, err := p.sendOnce(ctx, batch, failed)
		if err == nil && len(left) == 0 {
			return nil
		}
		if err != nil && !passing(ctx, err) || try+1 == p.maxAttempts {
			return err
		}
		if waitErr := p.backoff.wait(ctx, try); waitErr != nil {
			return abandon(left, failed, waitErr)
		}
		batch = left
	}
}

// sendOnce makes one call and returns the entries worth another try, with the reason so far in failed. The error is of
// the call as a whole.
func (p *Publisher) sendOnce(ctx context.Context, batch []entry, failed []error) ([]entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, abandon(batch, failed, err)
	}
	out, err := p.sender.SendMessageBatch(ctx, p.request(batch))
	if err != nil {
		err = fmt.Errorf("send to %s: %w", p.queueURL, err)
		for _, e := range batch {
			failed[e.index] = err
		}
		return batch, err
	}
	var left []entry
	answers := answersOf(out)
	for n, e := range batch {
		answer, found := answers[strconv.Itoa(n)]
		if !found {
			answer = errNoAnswer
		}
		failed[e.index] = answer
		var refused *EntryError
		if answer != nil && (!errors.As(answer, &refused) || refused.transient()) {
			left = append(left, e)
		}
	}
	return left, nil
}

// abandon notes for each entry that ctx ended, beside the reason why the entry was still waiting, and returns ctx's error.
func abandon(entries []entry, failed []error, ended error) error {
	for _, e := range entries {
		if before := failed[e.index]; before != nil {
			failed[e.index] = fmt.Errorf("%w while waiting to send it again: %w", ended, before)
			continue
		}
		failed[e.index] = ended
	}
	return ended
}

// request numbers the entries by their place in this call: a message's own ID may hold characters, or be of a length,
// that a batch entry's may not.
func (p *Publisher) request(batch []entry) *sqs.SendMessageBatchInput {
	in := &sqs.SendMessageBatchInput{QueueUrl: &p.queueURL}
	for n, e := range batch {
		in.Entries = append(in.Entries, types.SendMessageBatchRequestEntry{
			Id:                aws.String(strconv.Itoa(n)),
			MessageBody:       aws.String(e.body),
			MessageAttributes: p.attributes,
		})
	}
	return in
}

// answersOf maps the number of each entry to nil or to its refusal.
func answersOf(out *sqs.SendMessageBatchOutput) map[string]error {
	answers := make(map[string]error, len(out.Successful)+len(out.Failed))
	for _, sent := range out.Successful {
		answers[aws.ToString(sent.Id)] = nil
	}
	for _, f := range out.Failed {
		answers[aws.ToString(f.Id)] = &EntryError{Code: aws.ToString(f.Code), Message: aws.ToString(f.Message), SenderFault: f.SenderFault}
	}
	return answers
}

// passing reports whether a failed call is worth another try, by the SDK's own judgement. An HTTP timeout is, although it
// looks like the end of ctx.
func passing(ctx context.Context, err error) bool {
	return ctx.Err() == nil && retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary
}
