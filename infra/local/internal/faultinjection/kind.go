package faultinjection

// A Kind is a kind of fault.
type Kind string

// The kinds. None is the zero value: no fault.
const (
	None     Kind = ""
	Error    Kind = "error"    // status 500 in the service's protocol; the call is not made
	Throttle Kind = "throttle" // the service's throttling error; the call is not made
	Delay    Kind = "delay"    // the call is made later
	Drop     Kind = "drop"     // the call is made, its response is lost: the connection is cut

	Kill      Kind = "kill"       // lambda: the function's process is killed while it works
	ColdStart Kind = "cold_start" // lambda: an instance takes longer to initialize. Default: 100 to 300 ms

	Close Kind = "close" // socket: the connection is closed

	// Faults of event source mappings on standard queues, which deliver at least once and in no order
	// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues.html).
	// The share is of messages, or of batches for Late. Default: within a second.
	Duplicate Kind = "duplicate" // sqs: the message is delivered a second time
	Reorder   Kind = "reorder"   // sqs: the message is held back, so that later ones overtake it
	Late      Kind = "late"      // sqs: the batch is delivered late
)

// kinds lists all kinds, in the order of error messages.
var kinds = []Kind{Error, Throttle, Delay, Drop, Kill, Close, Duplicate, Reorder, Late, ColdStart}

// A special kind is injected by one service only.
type special struct {
	service string
	// timed kinds take delay_ms and window_ms, with these defaults, and no action.
	timed           bool
	delayMS, window int64
}

var specials = map[Kind]special{
	Kill:      {service: "lambda"},
	Close:     {service: "socket"},
	ColdStart: {service: "lambda", timed: true, delayMS: 100, window: 200},
	Duplicate: {service: "sqs", timed: true, window: 1000},
	Reorder:   {service: "sqs", timed: true, window: 1000},
	Late:      {service: "sqs", timed: true, window: 1000},
}
