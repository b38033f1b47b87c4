package client

import (
	"testing"
	"time"
)

func TestExpiry(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 900_000_000, time.UTC)
	whole := now.Truncate(time.Second)
	tests := []struct {
		name string
		req  IssueRequest
		want time.Time
		err  error
		text string
	}{
		{name: "counts from now and cuts to a second", req: IssueRequest{TTL: time.Hour}, want: whole.Add(time.Hour)},
		{name: "takes a time in any zone", req: IssueRequest{ExpiresAt: whole.Add(time.Hour).In(time.FixedZone("", 7200))}, want: whole.Add(time.Hour)},
		{name: "allows the longest life", req: IssueRequest{TTL: MaxTokenTTL}, want: whole.Add(MaxTokenTTL)},
		{name: "allows the next whole second", req: IssueRequest{TTL: 100 * time.Millisecond}, want: whole.Add(time.Second)},
		{
			name: "requires one of the two", req: IssueRequest{}, err: ErrExpiryRequired,
			text: "an expiry is required: set TTL or ExpiresAt, one of them (TTL 0s, ExpiresAt 0001-01-01T00:00:00Z)",
		},
		{
			name: "refuses both", req: IssueRequest{TTL: time.Hour, ExpiresAt: now.Add(time.Hour)}, err: ErrExpiryRequired,
			text: "an expiry is required: set TTL or ExpiresAt, one of them (TTL 1h0m0s, ExpiresAt 2026-03-01T13:00:00Z)",
		},
		{
			name: "refuses a negative life", req: IssueRequest{TTL: -time.Minute}, err: ErrExpiryPast,
			text: "the expiry is in the past: 2026-03-01T11:59:00Z, now is 2026-03-01T12:00:00Z",
		},
		{
			name: "refuses the second of now", req: IssueRequest{TTL: 50 * time.Millisecond}, err: ErrExpiryPast,
			text: "the expiry is in the past: 2026-03-01T12:00:00Z, now is 2026-03-01T12:00:00Z",
		},
		{
			name: "refuses a past time", req: IssueRequest{ExpiresAt: time.Unix(1, 0)}, err: ErrExpiryPast,
			text: "the expiry is in the past: 1970-01-01T00:00:01Z, now is 2026-03-01T12:00:00Z",
		},
		{
			name: "refuses a life over thirty days", req: IssueRequest{TTL: MaxTokenTTL + 1}, err: ErrExpiryTooLong,
			text: "the expiry is too far ahead: 2026-03-31T12:00:00Z is 720h0m0.000000001s ahead, at most 720h0m0s is allowed",
		},
		{
			name: "refuses milliseconds taken for seconds", req: IssueRequest{ExpiresAt: time.Unix(1772366400000, 0)}, err: ErrExpiryTooLong,
			text: "the expiry is too far ahead: 58134-01-21T00:00:00Z is 2562047h47m16.854775807s ahead, at most 720h0m0s is allowed",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.req.expiry(now)
			if tt.err != nil {
				expectError(t, err, tt.err, tt.text)
				return
			}
			if err != nil || !got.Equal(tt.want) || got.Location() != time.UTC {
				t.Errorf("gave %s, %v, want %s", got, err, tt.want)
			}
		})
	}
}
