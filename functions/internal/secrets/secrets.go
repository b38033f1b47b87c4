// Package secrets reads the signing secret from Secrets Manager and caches it.
package secrets

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/hermes-cdk/hermes/functions/internal/token"
)

// API is what Cache needs of *secretsmanager.Client.
type API interface {
	GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
}

var _ API = (*secretsmanager.Client)(nil)

// Bounds of the cache.
const (
	// FreshFor is how long keys are used without reading them again: a removed key stops working within this time.
	FreshFor = time.Minute
	// UsableFor is how long keys are used while Secrets Manager does not answer.
	UsableFor = 5 * time.Minute
	// Pause is the least time between two calls: each costs, and anybody can present a token that causes one.
	Pause = time.Second
)

// ErrNoText is returned for a secret with only binary data.
var ErrNoText = errors.New("secret holds no text")

// A Cache is a source of the active signing keys. It is safe for concurrent use; callers that find it stale share one
// call.
type Cache struct {
	client API
	arn    string
	now    func() time.Time
	log    *slog.Logger

	mu      sync.Mutex
	keys    token.Keys
	readAt  time.Time // when keys were read; the zero time: never
	triedAt time.Time
	failure error // of the last try
}

var _ token.KeySource = (*Cache)(nil)

// NewCache returns an empty cache.
func NewCache(client API, arn string, now func() time.Time, log *slog.Logger) *Cache {
	return &Cache{client: client, arn: arn, now: now, log: log}
}

// Keys returns the keys as they were at most FreshFor ago, or UsableFor if Secrets Manager does not answer.
func (c *Cache) Keys(ctx context.Context) (token.Keys, error) { return c.notOlderThan(ctx, FreshFor) }

// Refresh returns the keys as they were at most Pause ago.
func (c *Cache) Refresh(ctx context.Context) (token.Keys, error) { return c.notOlderThan(ctx, Pause) }

func (c *Cache) notOlderThan(ctx context.Context, age time.Duration) (token.Keys, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.has(age) {
		return c.keys, nil
	}
	if c.now().Sub(c.triedAt) >= Pause {
		c.read(ctx)
	}
	if c.failure != nil && !c.has(UsableFor) {
		return token.Keys{}, c.failure
	}
	return c.keys, nil
}

// has reports whether there are keys that were read less than age ago.
func (c *Cache) has(age time.Duration) bool {
	return !c.readAt.IsZero() && c.now().Sub(c.readAt) < age
}

func (c *Cache) read(ctx context.Context) {
	c.triedAt = c.now()
	keys, err := c.fetch(ctx)
	if c.failure = err; err != nil {
		c.log.WarnContext(ctx, "signing secret not read", "error", err)
		return
	}
	c.keys, c.readAt = keys, c.triedAt
}

func (c *Cache) fetch(ctx context.Context) (token.Keys, error) {
	out, err := c.client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &c.arn})
	if err != nil {
		return token.Keys{}, fmt.Errorf("secrets: read %s: %w", c.arn, err)
	}
	if out.SecretString == nil {
		return token.Keys{}, fmt.Errorf("secrets: read %s: %w", c.arn, ErrNoText)
	}
	keys, err := token.ParseKeys(*out.SecretString)
	if err != nil {
		return token.Keys{}, fmt.Errorf("secrets: read %s: %w", c.arn, err)
	}
	return keys, nil
}
