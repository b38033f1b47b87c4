package eventsource

import (
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// An sqsRecord is one element of the event that Lambda sends, with its fields in the order that AWS documents.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
type sqsRecord struct {
	MessageID              string                  `json:"messageId"`
	ReceiptHandle          string                  `json:"receiptHandle"`
	Body                   string                  `json:"body"`
	Attributes             map[string]string       `json:"attributes"`
	MessageAttributes      map[string]sqsAttribute `json:"messageAttributes"`
	MD5OfMessageAttributes string                  `json:"md5OfMessageAttributes,omitempty"`
	MD5OfBody              string                  `json:"md5OfBody"`
	EventSource            string                  `json:"eventSource"`
	EventSourceARN         string                  `json:"eventSourceARN"`
	AWSRegion              string                  `json:"awsRegion"`
}

// An sqsAttribute has binary values as base64. The lists are always present and empty.
type sqsAttribute struct {
	StringValue      *string  `json:"stringValue,omitempty"`
	BinaryValue      []byte   `json:"binaryValue,omitempty"`
	StringListValues []string `json:"stringListValues"`
	BinaryListValues [][]byte `json:"binaryListValues"`
	DataType         string   `json:"dataType"`
}

// encodeRecord encodes the record of one message.
func encodeRecord(m types.Message, queueARN, region string) ([]byte, error) {
	record := sqsRecord{
		MessageID:              value(m.MessageId),
		ReceiptHandle:          value(m.ReceiptHandle),
		Body:                   value(m.Body),
		Attributes:             m.Attributes,
		MessageAttributes:      make(map[string]sqsAttribute, len(m.MessageAttributes)),
		MD5OfMessageAttributes: value(m.MD5OfMessageAttributes),
		MD5OfBody:              value(m.MD5OfBody),
		EventSource:            "aws:sqs",
		EventSourceARN:         queueARN,
		AWSRegion:              region,
	}
	if record.Attributes == nil {
		record.Attributes = map[string]string{}
	}
	for name, a := range m.MessageAttributes {
		record.MessageAttributes[name] = sqsAttribute{
			StringValue: a.StringValue, BinaryValue: a.BinaryValue, DataType: value(a.DataType),
			StringListValues: orEmpty(a.StringListValues), BinaryListValues: orEmpty(a.BinaryListValues),
		}
	}
	body, err := json.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("eventsource: encode message %s: %w", record.MessageID, err)
	}
	return body, nil
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
