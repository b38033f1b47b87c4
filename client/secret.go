package client

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"golang.org/x/sync/singleflight"
)

// A SecretReader reads a secret's value. *secretsmanager.Client is one.
type SecretReader interface {
	GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
}

var _ SecretReader = (*secretsmanager.Client)(nil)

const (
	// DefaultSecretMaxAge is how long the signing secret is used before it is read again.
	DefaultSecretMaxAge = time.Minute
	// secretMaxStale bounds the use of a secret that cannot be read again: an outage of Secrets Manager must not stop
	// logins at once, and a withdrawn key must not stay usable for long.
	secretMaxStale = 5 * time.Minute
	// secretMinInterval keeps failures, and rows that no key opens, from turning into a storm of reads.
	secretMinInterval = time.Second
	secretTimeout     = 10 * time.Second
)

// A keySource has the current keys.
type keySource interface {
	current(ctx context.Context) (Keys, error)
	// refreshed reads the keys again, at most once a second.
	refreshed(ctx context.Context) (Keys, error)
}

// checkKeySource refuses both keys and a secret, and neither of them.
func checkKeySource(keys *Keys, secrets SecretReader, arn string) []error {
	switch {
	case keys != nil && (secrets != nil || arn != ""):
		return []error{fmt.Errorf("%w: both Keys and a secret (SecretARN %q) are given", ErrConfig, arn)}
	case keys != nil:
		if err := keys.validate(); err != nil {
			return []error{err}
		}
	case secrets == nil || arn == "":
		return []error{fmt.Errorf("%w: neither Keys nor Secrets with SecretARN (%q) are given", ErrConfig, arn)}
	}
	return nil
}

func newKeySource(keys *Keys, secrets SecretReader, arn string, maxAge time.Duration, now func() time.Time) keySource {
	if keys != nil {
		return fixedKeys(*keys)
	}
	return &secretKeys{reader: secrets, arn: arn, maxAge: maxAge, now: now}
}

// fixedKeys are keys that the application manages itself.
type fixedKeys Keys

func (k fixedKeys) current(context.Context) (Keys, error)   { return Keys(k), nil }
func (k fixedKeys) refreshed(context.Context) (Keys, error) { return Keys(k), nil }

// secretKeys reads the keys from Secrets Manager and keeps them for a bounded time.
type secretKeys struct {
	reader SecretReader
	arn    string
	maxAge time.Duration
	now    func() time.Time

	flight singleflight.Group
	mu     sync.Mutex
	cached cachedKeys
}

type cachedKeys struct {
	keys      Keys
	readAt    time.Time // zero when never read
	triedAt   time.Time
	lastError error // of the latest try
}

func (s *secretKeys) current(ctx context.Context) (Keys, error) {
	if c := s.snapshot(); c.usable(s.now(), s.maxAge) {
		return c.keys, nil
	}
	return s.refreshed(ctx)
}

func (s *secretKeys) refreshed(ctx context.Context) (Keys, error) {
	if !s.due() {
		return s.snapshot().result(s.now())
	}
	// Concurrent callers share one read. It is detached from the first caller's context, so that this caller giving up
	// does not fail the others.
	done := s.flight.DoChan("", func() (any, error) {
		if !s.due() { // a read ended between the look above and here
			return nil, nil
		}
		readCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), secretTimeout)
		defer cancel()
		s.read(readCtx)
		return nil, nil
	})
	select {
	case <-done:
		return s.snapshot().result(s.now())
	case <-ctx.Done():
		return Keys{}, ctx.Err()
	}
}

func (s *secretKeys) due() bool { return s.now().Sub(s.snapshot().triedAt) >= secretMinInterval }

func (s *secretKeys) snapshot() cachedKeys {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cached
}

func (s *secretKeys) read(ctx context.Context) {
	keys, err := s.fetch(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cached.triedAt, s.cached.lastError = s.now(), err
	if err == nil {
		s.cached.keys, s.cached.readAt = keys, s.cached.triedAt
	}
}

func (s *secretKeys) fetch(ctx context.Context) (Keys, error) {
	out, err := s.reader.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &s.arn})
	if err != nil {
		return Keys{}, fmt.Errorf("read secret %s: %w", s.arn, err)
	}
	keys, err := ParseKeys([]byte(aws.ToString(out.SecretString)))
	if err != nil {
		return Keys{}, fmt.Errorf("read secret %s: %w", s.arn, err)
	}
	return keys, nil
}

func (c cachedKeys) usable(now time.Time, age time.Duration) bool {
	return !c.readAt.IsZero() && now.Sub(c.readAt) < age
}

// result returns the outcome of the latest read: its keys, those of an earlier read while they may still be used, or
// its error.
func (c cachedKeys) result(now time.Time) (Keys, error) {
	if c.lastError == nil || c.usable(now, secretMaxStale) {
		return c.keys, nil
	}
	return Keys{}, c.lastError
}
