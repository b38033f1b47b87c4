package secrets_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/internal/secrets"
	"github.com/hermes-cdk/hermes/functions/internal/token"
)

// manager is Secrets Manager with one secret.
type manager struct {
	mu    sync.Mutex
	value *string
	err   error
	calls int
}

func (m *manager) GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	return &secretsmanager.GetSecretValueOutput{SecretString: m.value}, m.err
}

func (m *manager) set(value *string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.value, m.err = value, err
}

func secretOf(letter string) *string {
	return aws.String(`{"signing_key":"` + strings.Repeat(letter, 64) + `"}`)
}

var errDown = errors.New("service is down")

func newCache(m *manager) (*secrets.Cache, *clock.Fake) {
	clock := clock.NewFake()
	return secrets.NewCache(m, "arn:secret", clock.Now, slog.New(slog.DiscardHandler)), clock
}

func expect(t *testing.T, read func(context.Context) (token.Keys, error), letter string) {
	t.Helper()
	keys, err := read(context.Background())
	if err != nil || string(keys.Signing) != strings.Repeat(letter, 64) {
		t.Fatalf("got %.3q..., %v, want %s", keys.Signing, err, letter)
	}
}

func TestCache(t *testing.T) {
	t.Parallel()
	t.Run("asks once a minute", func(t *testing.T) {
		t.Parallel()
		m := &manager{value: secretOf("a")}
		cache, clock := newCache(m)
		expect(t, cache.Keys, "a")
		m.set(secretOf("b"), nil)
		clock.Advance(secrets.FreshFor - time.Millisecond)
		expect(t, cache.Keys, "a")
		clock.Advance(time.Millisecond)
		expect(t, cache.Keys, "b")
		if m.calls != 2 {
			t.Errorf("%d calls", m.calls)
		}
	})
	t.Run("looks again at once when asked to, but at most once a second", func(t *testing.T) {
		t.Parallel()
		m := &manager{value: secretOf("a")}
		cache, clock := newCache(m)
		expect(t, cache.Keys, "a")
		clock.Advance(secrets.Pause)
		m.set(secretOf("b"), nil)
		expect(t, cache.Refresh, "b")
		m.set(secretOf("c"), nil)
		expect(t, cache.Refresh, "b")
		clock.Advance(secrets.Pause)
		expect(t, cache.Refresh, "c")
		if m.calls != 3 {
			t.Errorf("%d calls", m.calls)
		}
	})
	t.Run("callers that come together share one call", func(t *testing.T) {
		t.Parallel()
		m := &manager{value: secretOf("a")}
		cache, _ := newCache(m)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { _, _ = cache.Keys(context.Background()) })
		}
		all.Wait()
		if m.calls != 1 {
			t.Errorf("%d calls", m.calls)
		}
	})
	t.Run("keeps what it has for five minutes while Secrets Manager is down", func(t *testing.T) {
		t.Parallel()
		m := &manager{value: secretOf("a")}
		cache, clock := newCache(m)
		expect(t, cache.Keys, "a")
		m.set(nil, errDown)
		clock.Advance(secrets.UsableFor - time.Second)
		expect(t, cache.Keys, "a")
		expect(t, cache.Refresh, "a")
		clock.Advance(time.Second)
		_, err := cache.Keys(context.Background())
		if !errors.Is(err, errDown) || err.Error() != "secrets: read arn:secret: service is down" {
			t.Errorf("got %v", err)
		}
		m.set(secretOf("b"), nil)
		clock.Advance(secrets.Pause)
		expect(t, cache.Keys, "b")
	})
	t.Run("a first call that fails is not repeated within a second", func(t *testing.T) {
		t.Parallel()
		m := &manager{err: errDown}
		cache, clock := newCache(m)
		for range 3 {
			if _, err := cache.Keys(context.Background()); !errors.Is(err, errDown) {
				t.Errorf("got %v", err)
			}
		}
		if m.calls != 1 {
			t.Errorf("%d calls", m.calls)
		}
		m.set(secretOf("a"), nil)
		clock.Advance(secrets.Pause)
		expect(t, cache.Keys, "a")
	})
	for _, c := range []struct {
		name  string
		value *string
		want  string
	}{
		{"a binary secret is refused", nil, "secrets: read arn:secret: secret holds no text"},
		{"a secret that is not JSON is refused and not quoted", aws.String("hunter2"), "secrets: read arn:secret: token: signing secret is not a JSON object"},
		{"a short key is refused and not quoted", aws.String(`{"signing_key":"hunter2"}`), "secrets: read arn:secret: token: signing secret: signing key is too short: signing_key has 7 bytes, at least 32 are needed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cache, _ := newCache(&manager{value: c.value})
			if _, err := cache.Keys(context.Background()); err == nil || err.Error() != c.want {
				t.Errorf("got %v", err)
			}
		})
	}
}
