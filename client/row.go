package client

import "context"

// attributeSealed is the issuers' own attribute of a row; authorizers do not read it.
const attributeSealed = "sealed_token"

// A row is what the Tokens table holds for one user and room.
type row struct {
	token     string // "sha256:<hex>" or "$2..."
	sealed    string // the factor, sealed; "" in a row of the classic recipe
	expiresAt int64  // seconds since the epoch; 0 in a row that has none and never expires
}

func (r row) liveAt(now int64) bool { return r.expiresAt == 0 || r.expiresAt > now }

// extended returns the row until at least end. A row never gets a shorter life: a token that is still in use needs it.
func (r row) extended(end int64) row {
	if r.expiresAt != 0 {
		r.expiresAt = max(r.expiresAt, end)
	}
	return r
}

// rowStore keeps the rows; the table does, and a map in tests.
type rowStore interface {
	// get returns nil when there is no row.
	get(ctx context.Context, userID, roomID string) (*row, error)
	// put writes next in place of seen (nil: of no row). It returns errConflict when the table holds another token
	// than seen's by now, or a later end than next's.
	put(ctx context.Context, userID, roomID string, seen *row, next row) error
	// remove deletes the row, if there is one.
	remove(ctx context.Context, userID, roomID string) error
}
