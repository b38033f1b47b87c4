package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// A deadLetter is a message of a dead-letter queue.
type deadLetter struct {
	types.Message
	sent time.Time
}

func deadLetterOf(m types.Message) deadLetter {
	ms, _ := strconv.ParseInt(m.Attributes[string(types.MessageSystemAttributeNameSentTimestamp)], 10, 64)
	return deadLetter{m, time.UnixMilli(ms).UTC()}
}

func (l deadLetter) attribute(name string) string {
	return aws.ToString(l.MessageAttributes[name].StringValue)
}

// reason is why it is a dead letter. One that SQS moved has no attribute that says so.
func (l deadLetter) reason() string {
	return cmp.Or(l.attribute(contract.AttributeError), "failed too often; the function's log says why")
}

// hopeless returns why it would become a dead letter again, or nil.
func (l deadLetter) hopeless(intake bool) error {
	if l.attribute(contract.AttributePermanent) == "true" {
		return fmt.Errorf("refused for what it is: %s", l.reason())
	}
	if !intake {
		return nil
	}
	_, err := contract.ParsePublication([]byte(aws.ToString(l.Body)))
	return err
}

// body is what is sent. A publication without an id is known by that of its SQS message, which would be another one then, so that
// receivers could not tell a repeat.
func (l deadLetter) body(intake bool) string {
	body := aws.ToString(l.Body)
	if !intake {
		return body
	}
	if p, err := contract.ParsePublication([]byte(body)); err != nil || p.ID != "" || p.Notice != "" {
		return body
	}
	object := strings.TrimLeft(body, " \t\r\n")
	return `{"id":` + strconv.Quote(aws.ToString(l.MessageId)) + "," + object[1:]
}
