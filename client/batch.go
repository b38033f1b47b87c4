package client

// Limits of one SendMessageBatch call.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
const (
	maxBatchMessages = 10
	maxBatchBytes    = 1 << 20 // bodies and attributes of all messages of the call; also the limit of one message
)

// A span is a run of consecutive messages: from first, up to but not including end.
type span struct{ first, end int }

// split cuts messages of the given sizes into as few runs as keep their order and both limits. A message over maxBytes gets a
// run of its own; callers refuse it before.
func split(sizes []int, maxCount, maxBytes int) []span {
	var spans []span
	first, total := 0, 0
	for i, size := range sizes {
		if i > first && (i-first == maxCount || total+size > maxBytes) {
			spans = append(spans, span{first, i})
			first, total = i, 0
		}
		total += size
	}
	if first < len(sizes) {
		spans = append(spans, span{first, len(sizes)})
	}
	return spans
}
