package sqs

import (
	"strings"
	"unicode/utf8"
)

// bounded makes s a valid attribute value: short, and only of the characters that SQS accepts, which are those of XML
// 1.0.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
func bounded(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == '\r':
			return ' '
		case r < ' ', r == 0xFFFE, r == 0xFFFF:
			return utf8.RuneError
		default:
			return r
		}
	}, s)
	if len(s) <= maxErrorBytes {
		return s
	}
	return strings.ToValidUTF8(s[:maxErrorBytes], "")
}
