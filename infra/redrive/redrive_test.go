package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// fake has the dead letters of a dead-letter queue, whose receipts are their ids.
type fake struct {
	deadLetters []types.Message
	received    int
	refuse      string // a body that the source does not take

	sent     []string
	groups   []string
	deleted  []string
	released []string
}

func (f *fake) ReceiveMessage(_ context.Context, in *sqs.ReceiveMessageInput, _ ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error) {
	n := min(len(f.deadLetters), f.received+int(in.MaxNumberOfMessages))
	out := f.deadLetters[f.received:n]
	f.received = n
	return &sqs.ReceiveMessageOutput{Messages: out}, nil
}

func (f *fake) SendMessage(_ context.Context, in *sqs.SendMessageInput, _ ...func(*sqs.Options)) (*sqs.SendMessageOutput, error) {
	if *in.MessageBody == f.refuse {
		return nil, errors.New("no")
	}
	f.sent, f.groups = append(f.sent, *in.MessageBody), append(f.groups, aws.ToString(in.MessageGroupId))
	return &sqs.SendMessageOutput{}, nil
}

func (f *fake) DeleteMessage(_ context.Context, in *sqs.DeleteMessageInput, _ ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error) {
	f.deleted = append(f.deleted, *in.ReceiptHandle)
	return &sqs.DeleteMessageOutput{}, nil
}

func (f *fake) ChangeMessageVisibility(_ context.Context, in *sqs.ChangeMessageVisibilityInput, _ ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityOutput, error) {
	f.released = append(f.released, *in.ReceiptHandle)
	return &sqs.ChangeMessageVisibilityOutput{}, nil
}

// put adds a dead letter; attributes are pairs of names and values.
func (f *fake) put(id, body string, sent time.Duration, attributes ...string) {
	m := types.Message{
		MessageId: &id, ReceiptHandle: &id, Body: &body, MessageAttributes: map[string]types.MessageAttributeValue{},
		Attributes: map[string]string{"SentTimestamp": fmt.Sprint(sent.Milliseconds()), "ApproximateReceiveCount": "1", "MessageGroupId": "group of " + id},
	}
	for i := 0; i < len(attributes); i += 2 {
		m.MessageAttributes[attributes[i]] = types.MessageAttributeValue{StringValue: &attributes[i+1]}
	}
	f.deadLetters = append(f.deadLetters, m)
}

func TestRedrive(t *testing.T) {
	t.Parallel()
	queue := func() *fake {
		f := &fake{}
		f.put("late", `{"room_id":"a","data":2}`, 2*time.Second)
		f.put("early", ` {"room_id":"b","id":"own","data":1}`, time.Second)
		f.put("poison", `{"room_id":7}`, 3*time.Second, "error", "invalid field: room_id must be a string\x1b[2J", "permanent", "true")
		f.put("old", `no JSON`, 4*time.Second)
		return f
	}
	f := &fake{}
	f.put("sns", "alert", time.Second)
	f.put("ours", "alert", time.Second, "error", "not understood", "permanent", "true")
	if err := (redrive{f, "dead", "source", false, io.Discard}).run(t.Context(), options{id: "sns", limit: 10}); err == nil || f.sent != nil {
		t.Errorf("a copy of what would fail again was sent: %v", err)
	}
	for _, c := range []struct {
		name           string
		o              options
		refuse         string
		sent, released []string
		err            string
		out            string // part of it
	}{
		{
			"a list sends nothing",
			options{list: true, limit: 10},
			"", nil,
			[]string{"early", "late", "old", "poison"},
			"",
			`1970-01-01T00:00:03Z  poison      1         invalid field: room_id must be a string\x1b[2J`,
		},
		{
			"all, oldest first, but for those that would fail again",
			options{all: true, limit: 10},
			"",
			[]string{` {"room_id":"b","id":"own","data":1}`, `{"id":"late","room_id":"a","data":2}`},
			[]string{"old", "poison"},
			"2 would fail again and stay in the queue: mend what sent them and delete them, or redrive them with -force after a release that takes them",
			"redrove 2 of 4",
		},
		{
			"by reason",
			options{reason: "failed too often", text: `"a"`, limit: 10},
			"",
			[]string{`{"id":"late","room_id":"a","data":2}`},
			[]string{"early", "old", "poison"},
			"", "redrove 1 of 1",
		},
		{"by id, by force", options{id: "poison", force: true, limit: 10}, "", []string{`{"room_id":7}`}, []string{"early", "late", "old"}, "", "redrove 1 of 1"},
		{
			"a queue that takes no more",
			options{all: true, limit: 10},
			`{"id":"late","room_id":"a","data":2}`,
			[]string{` {"room_id":"b","id":"own","data":1}`},
			[]string{"late", "old", "poison"},
			"redrove 1 of 4, the others are where they were: send to source: no", "",
		},
		{"a limit", options{all: true, limit: 1}, "", []string{`{"id":"late","room_id":"a","data":2}`}, nil, "", "redrove 1 of 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := queue()
			f.refuse = c.refuse
			var out bytes.Buffer
			err := redrive{f, "dead", "source", true, &out}.run(t.Context(), c.o)
			if got := fmt.Sprint(err); got != c.err && (c.err != "" || err != nil) {
				t.Errorf("error %q, want %q", got, c.err)
			}
			slices.Sort(f.released)
			if !slices.Equal(f.sent, c.sent) || !slices.Equal(f.released, c.released) || len(f.deleted) != len(c.sent) {
				t.Errorf("sent %q, released %q, deleted %q", f.sent, f.released, f.deleted)
			}
			for _, g := range f.groups {
				if !strings.HasPrefix(g, "group of ") {
					t.Errorf("sent with group %q", g)
				}
			}
			if !strings.Contains(out.String(), c.out) {
				t.Errorf("printed\n%s", out.String())
			}
		})
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"-queue hub":                       `-queue is "hub", it must be one of intake, fanout, due, deliveries, alerts`,
		"":                                 `-queue is "", it must be one of intake, fanout, due, deliveries, alerts`,
		"-queue due -limit 0":              "-limit is 0, it must be at least 1",
		"-queue due -all -id x":            "-all goes with none of -id, -reason and -text",
		"-queue due x":                     `unexpected argument "x"`,
		"-queue due -outputs none.json":    "none.json does not exist: make run writes it for stage local, make deploy for the others",
		"-queue due -outputs testdata/one": "testdata/one: stack Hermes-x has no output DueDeadLetterQueueUrl: add an awscdk.CfnOutput of that name to the app",
	} {
		if err := run(t.Context(), strings.Fields(args), io.Discard, io.Discard); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", args, err, want)
		}
	}
}
