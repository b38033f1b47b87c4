package sqs

import "strings"

// escape writes the two characters as JSON escapes that JSON leaves as they are and SQS refuses, with the whole message.
// Elsewhere than in a string they are not JSON, and could not have come here.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
var escape = strings.NewReplacer("\uFFFE", `\ufffe`, "\uFFFF", `\uffff`).Replace
