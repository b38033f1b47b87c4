package contract

// The Schedule table (stack output ScheduleTableName): partition AttributeGroup (S), sort AttributeKey (S), TTL AttributeTTL.
//
//	index    partition            sort               projection
//	by_due   AttributeBucket (S)  AttributeDue (S)   INCLUDE AttributeVersion   sparse: messages that wait only
//	by_time  AttributeGroup (S)   AttributeTime (N)  KEYS_ONLY
//
// The Subscribers table (stack output SubscribersTableName): partition AttributeGroup (S), sort AttributeSubscriber (S).
//
// The Deliveries table: partition AttributeDelivery (S), sort AttributeSubscriber (S), TTL AttributeTTL.
const (
	AttributeGroup      = "group"
	AttributeKey        = "key"
	AttributeBucket     = "bucket"     // minute and shard: 2026-03-29T01:00Z#07
	AttributeDue        = "due"        // due time, 13 digits of milliseconds, and key: 1774746000000#01J...
	AttributeTime       = "scheduled"  // milliseconds since the epoch
	AttributeVersion    = "version"    // of content and time; a queued message with another version is void
	AttributeSubscriber = "subscriber" // id: digest of the address
	AttributeDelivery   = "delivery"   // group/key/milliseconds: one occurrence
	AttributeTTL        = "expires_at" // seconds since the epoch

	IndexByDue  = "by_due"
	IndexByTime = "by_time"
)

// Tags of an object, and the tag of a finished message's object: the bucket's lifecycle rule for TagState=StateFinished
// deletes it, counted from the tagging, which rewrites the object.
const (
	TagGroup      = "group"
	TagSubject    = "subject"
	TagScheduled  = "scheduled"
	TagKey        = "key"
	TagState      = "state"
	StateFinished = "finished"
)
