package contract

import "time"

// Limits of the API.
const (
	// MaxRequestBytes bounds the body of a request, answered 413 beyond. Lambda takes 6 MB with the escaping of the event
	// around it: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
	MaxRequestBytes = 11 << 19 // 5.5 MiB: 5 MiB of text and what stands around it
	// MaxBodyBytes bounds the text of a message, in UTF-8.
	MaxBodyBytes = 5 << 20
	// MaxSubjectCharacters is what RFC 5322 allows on one line.
	MaxSubjectCharacters = 998
	// MaxDataBytes bounds data, which must fit one frame of the hub.
	MaxDataBytes = 30 * 1024
	// MaxGroupCharacters bounds a group's name: letters and digits of ASCII and . _ : @ - after the first.
	MaxGroupCharacters = 128
	// MaxIdempotencyCharacters bounds idempotency_key.
	MaxIdempotencyCharacters = 128
	// MaxNameCharacters bounds a subscriber's name.
	MaxNameCharacters = 128
	// MaxTokenBytes bounds a bearer token.
	MaxTokenBytes = 4096
	// DefaultPage and MaxPage are numbers of items.
	DefaultPage = 50
	MaxPage     = 200
	// PastAllowed is how far in the past a time may be: it is then sent at once.
	PastAllowed = 5 * time.Minute
	// MaxAhead is how far ahead a time may be, and how far a repeat is searched for its next occurrence.
	MaxAhead = 10 * 366 * 24 * time.Hour
)

// Shards of a due-time bucket.
const (
	DefaultShards = 8
	MaxShards     = 64
)

// DefaultRetention is how long finished messages and results are kept.
const DefaultRetention = 30 * 24 * time.Hour

// Ahead is how much before its due time a message is put on the due queue by the dispatcher, which runs each Interval.
// What is scheduled for less than Direct ahead goes there at once. Direct exceeds Ahead so that a row has had time to
// appear in the index, which is consistent only after a while.
const (
	Interval = time.Minute
	Ahead    = 2 * time.Minute
	Direct   = Ahead + 15*time.Second
)
