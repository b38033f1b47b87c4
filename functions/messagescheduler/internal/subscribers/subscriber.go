package subscribers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"strings"
	"time"
)

// ErrNotFound is returned for a subscriber that does not exist.
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

// Suppressed returns the reason for which SES must not be asked to send to a subscriber, or "".
func (s Subscriber) Suppressed() string {
	switch s.Status {
	case StatusBounced, StatusComplained:
		return s.Status
	default:
		return ""
	}
}

// Receives reports whether s is a recipient of the group's messages, be it a suppressed one.
func (s Subscriber) Receives() bool { return s.Status == StatusActive || s.Suppressed() != "" }

// IDOf derives a subscriber's id from the address, in any capitalization: the same address is the same subscriber.
func IDOf(email string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(email))))
	return hex.EncodeToString(sum[:16])
}

var idPattern = regexp.MustCompile(`^[0-9a-f]{32}$`)

// IsID reports whether a text has the form of a subscriber's id.
func IsID(text string) bool { return idPattern.MatchString(text) }
