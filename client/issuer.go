package client

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// A TokenIssuer mints the tokens with which browsers connect to a hub, and revokes them. It is safe for concurrent use.
//
// A token is a JWT (HS512) with the claims user_id, room_id, token and exp. The claim "token" is a second factor: the
// hub compares it with the row of that user and room in the Tokens table, so deleting the row revokes what was issued.
//
// # The default second factor
//
// The factor is 32 random bytes in hexadecimal; its row has "sha256:<hex>" of that text. The table has one row for each
// user and room, and a user may have several browser tabs, so a second token must not replace the factor of the first.
// The issuer therefore keeps the factor for as long as the row lives: it stores a copy beside the hash that only it can
// read (attribute sealed_token: AES-256-GCM under a key derived from the signing key, bound to user and room). To issue
// again it opens the copy, issues with the same factor and extends the row's expires_at, which never moves back. Revoke
// deletes the row, and the next Issue starts with a new factor. All writes are conditional, so that concurrent issuers
// agree on one factor.
//
// The copy is sealed again under the current key when a token is issued after a rotation, so tokens stay valid for as
// long as the key that signed them. (A factor derived from the signing key, the alternative, would end with the second
// rotation.) The cost: with both the signing secret and read access to the table, one can issue tokens; with either
// alone, one cannot.
//
// A live row of the classic recipe, written by another backend, is adopted: the issuer keeps the classic factor until
// the row expires or is revoked. So moving from the classic recipe to the default ends no token. A live row that it
// cannot reproduce, because it lacks its passcode or key, is replaced, and its tokens end.
//
// # The classic second factor
//
// WithClassicSecondFactor issues the tokens that backends in other languages issue by the same recipe: the claim is
// hex(sha256(user_id + passcode + room_id)), and its row has bcrypt of that text. The claim of a user and room is
// always the same: after Revoke, the next Issue makes those earlier tokens valid again that have not expired. Where
// revocation matters, use the default.
type TokenIssuer struct {
	keys    keySource
	rows    rowStore
	now     func() time.Time
	random  io.Reader
	classic bool
	cost    int // of bcrypt
}

// TokenIssuerConfig says where a TokenIssuer finds its keys and its table. DynamoDB and Table are required, and either
// Secrets with SecretARN or Keys.
type TokenIssuerConfig struct {
	DynamoDB TokensClient // *dynamodb.Client
	Table    string       // name or ARN of the Tokens table (stack output TokensTableName)

	Secrets   SecretReader // *secretsmanager.Client
	SecretARN string       // ARN or name of the signing secret (stack output SecretArn)

	// Keys are used instead of a secret, for applications that manage keys themselves.
	Keys *Keys
}

// A TokenIssuerOption changes a TokenIssuer's defaults.
type TokenIssuerOption func(*issuerOptions)

type issuerOptions struct {
	classic      bool
	secretMaxAge time.Duration
	now          func() time.Time
	random       io.Reader
}

// WithClassicSecondFactor issues tokens by the classic recipe, for backends in other languages beside this one. The
// signing secret must hold a passcode.
func WithClassicSecondFactor() TokenIssuerOption {
	return func(o *issuerOptions) { o.classic = true }
}

// WithSecretMaxAge sets how long the signing secret is used before it is read again. Default: DefaultSecretMaxAge. When
// it cannot be read, the last one serves for up to five minutes after it was read.
func WithSecretMaxAge(age time.Duration) TokenIssuerOption {
	return func(o *issuerOptions) { o.secretMaxAge = age }
}

// WithIssuerClock sets the clock. Default: time.Now.
func WithIssuerClock(now func() time.Time) TokenIssuerOption {
	return func(o *issuerOptions) { o.now = now }
}

// WithIssuerRandom sets the source of random bytes, which must be safe for concurrent use. Default: crypto/rand.Reader.
func WithIssuerRandom(random io.Reader) TokenIssuerOption {
	return func(o *issuerOptions) { o.random = random }
}

// NewTokenIssuer returns a TokenIssuer. It returns ErrConfig, or ErrKeys for unusable Keys, and makes no call.
func NewTokenIssuer(cfg TokenIssuerConfig, opts ...TokenIssuerOption) (*TokenIssuer, error) {
	o := issuerOptions{secretMaxAge: DefaultSecretMaxAge, now: time.Now, random: rand.Reader}
	for _, apply := range opts {
		apply(&o)
	}
	if err := errors.Join(cfg.faults()...); err != nil {
		return nil, fmt.Errorf("client: new token issuer: %w", err)
	}
	return &TokenIssuer{
		keys:    newKeySource(cfg.Keys, cfg.Secrets, cfg.SecretARN, o.secretMaxAge, o.now),
		rows:    table{client: cfg.DynamoDB, name: cfg.Table},
		now:     o.now,
		random:  o.random,
		classic: o.classic,
		cost:    bcrypt.DefaultCost,
	}, nil
}

func (c TokenIssuerConfig) faults() []error {
	var faults []error
	if c.DynamoDB == nil {
		faults = append(faults, fmt.Errorf("%w: DynamoDB is nil", ErrConfig))
	}
	if c.Table == "" {
		faults = append(faults, fmt.Errorf("%w: Table is empty", ErrConfig))
	}
	return append(faults, checkKeySource(c.Keys, c.Secrets, c.SecretARN)...)
}
