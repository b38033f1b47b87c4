package roomlog

import (
	"context"
	"time"

	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/hub"
)

// A Row is one batch of a room's messages, numbered from First without a gap. It is one item of the Messages table.
type Row struct {
	RoomID   string
	Epoch    string
	First    int64
	Time     time.Time // when it was written
	Until    time.Time // when history ceases to answer it; set by the Store
	Messages []hub.Message
}

// Last is the number of the row's last message.
func (r Row) Last() int64 { return r.First + int64(len(r.Messages)) - 1 }

// A Store keeps rows, each for MinRetention at least, and hints. Its reads see every write that was answered.
type Store interface {
	// Put writes the row. It returns ErrTaken if a row stands at row.First.
	Put(ctx context.Context, row Row) error
	// Since reads rows that begin at first or later, in order, and says whether there are more. It reads at most limit.
	Since(ctx context.Context, roomID string, first int64, limit int) (rows []Row, more bool, err error)
	// Until reads rows that begin at last or earlier, the latest first, and says whether there are more.
	Until(ctx context.Context, roomID string, last int64, limit int) (rows []Row, more bool, err error)
	// Hint is the room's hint: the zero Position if there is none.
	Hint(ctx context.Context, roomID string) (hub.Position, error)
	// SetHint sets the room's hint, unless it has come further already.
	SetHint(ctx context.Context, roomID string, position hub.Position) error
}

const (
	// MinRetention is how long a Store keeps rows at least, whatever HistoryRetention says.
	MinRetention = time.Hour
	// Window is how long the id of a publication is remembered: a publisher that sends the same id again within it has
	// sent one message. A redelivered record is recognized for as long as its row is kept and
	// among those that a replica reads back.
	Window = 5 * time.Minute

	// trusted is the age up to which the latest row that is found is the room's tail. DynamoDB deletes expired rows in no
	// order, and the retention may have been changed, so that a row after an older one may be gone; it would be younger,
	// and is kept for MinRetention. Above that age the hint has the last word.
	// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
	trusted = MinRetention - 10*time.Minute
	// staleAfter is the age at which a replica is dropped: early enough that whatever was written since still stands.
	staleAfter = 10 * time.Minute
	// skew is how far the clocks of SQS and of two workers may be apart.
	skew = time.Minute
)
