package subscribers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"strings"
	"time"
)

// ErrNotFound: no such subscriber.
var ErrNotFound = errors.New("no such subscriber")

// Statuses of a subscriber.
const (
	StatusActive       = "active"
	StatusPending      = "pending"      // double opt-in: the address has not confirmed yet
	StatusUnsubscribed = "unsubscribed" // left by a link; kept, so that an import does not bring them back
	StatusBounced      = "bounced"      // the address does not exist
	StatusComplained   = "complained"   // reported a message as spam
)

// A Subscriber receives a group's messages.
type Subscriber struct {
	Group     string
	ID        string
	Email     string // as given, without space around it
	Name      string
	Timezone  string
	Status    string
	CreatedAt time.Time
}

// Suppressed is why a subscriber gets nothing although they have not left.
func (s Subscriber) Suppressed() string {
	switch s.Status {
	case StatusBounced, StatusComplained:
		return s.Status
	default:
		return ""
	}
}

// Receives says whether messages are addressed to s at all.
func (s Subscriber) Receives() bool { return s.Status == StatusActive || s.Suppressed() != "" }

// IDOf derives a subscriber's id from the address, so that the same address is the same subscriber: however it is
// capitalized, since no mail service in use tells those apart.
func IDOf(email string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(email))))
	return hex.EncodeToString(sum[:16])
}

var idPattern = regexp.MustCompile(`^[0-9a-f]{32}$`)

// IsID says whether a text could be a subscriber's id.
func IsID(text string) bool { return idPattern.MatchString(text) }
