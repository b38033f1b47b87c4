package client

import (
	"fmt"
	"time"
)

// MaxTokenTTL is the longest life of a token: 30 days. A token opens connections until it expires; one that must
// last longer is better renewed.
const MaxTokenTTL = 30 * 24 * time.Hour

// An IssueRequest asks for a token that lets one user into one room. All fields but one of the two expiries are required.
type IssueRequest struct {
	UserID string // 1 to 256 bytes of UTF-8
	RoomID string // 1 to 256 bytes of UTF-8

	// TTL is the token's life from now on, or ExpiresAt its end: exactly one is set. The end is cut to whole seconds,
	// lies at least one second ahead and at most MaxTokenTTL.
	TTL       time.Duration
	ExpiresAt time.Time
}

func (r IssueRequest) validate() error {
	if err := requireName("user_id", r.UserID); err != nil {
		return err
	}
	return requireName("room_id", r.RoomID)
}

// expiry returns the whole second at which the token ends. Exp is a number of seconds (RFC 7519, section 2), and so is a
// TTL attribute: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html
func (r IssueRequest) expiry(now time.Time) (time.Time, error) {
	if (r.TTL == 0) == r.ExpiresAt.IsZero() {
		return time.Time{}, fmt.Errorf("%w (TTL %s, ExpiresAt %s)", ErrExpiryRequired, r.TTL, r.ExpiresAt.UTC().Format(time.RFC3339))
	}
	end := r.ExpiresAt
	if r.TTL != 0 {
		end = now.Add(r.TTL)
	}
	if end.Sub(now) > MaxTokenTTL {
		return time.Time{}, fmt.Errorf("%w: %s is %s ahead, at most %s is allowed", ErrExpiryTooLong, end.UTC().Format(time.RFC3339), end.Sub(now), MaxTokenTTL)
	}
	end = end.UTC().Truncate(time.Second)
	if end.Unix() <= now.Unix() {
		return time.Time{}, fmt.Errorf("%w: %s, now is %s", ErrExpiryPast, end.Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	return end, nil
}
