package client

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// fakeSecrets is a Secrets Manager with one secret.
type fakeSecrets struct {
	mu    sync.Mutex
	value string
	err   error
	reads int
	gate  chan struct{} // if set, a read says so on begun and waits for the gate
	begun chan struct{}
}

func (f *fakeSecrets) GetSecretValue(ctx context.Context, in *secretsmanager.GetSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	f.mu.Lock()
	f.reads++
	value, err := f.value, f.err
	f.mu.Unlock()
	if f.gate != nil {
		f.begun <- struct{}{}
		<-f.gate
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	if *in.SecretId != "arn:secret" {
		return nil, errors.New("no secret " + *in.SecretId)
	}
	return &secretsmanager.GetSecretValueOutput{SecretString: aws.String(value)}, nil
}

func (f *fakeSecrets) set(value string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.value, f.err = value, err
}

func (f *fakeSecrets) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reads
}

func secretOf(key string) string { return `{"signing_key":"` + key + `"}` }

func newSecretKeys() (*secretKeys, *fakeSecrets, *clock) {
	f, c := &fakeSecrets{value: secretOf(testKeys.SigningKey)}, newClock()
	return &secretKeys{reader: f, arn: "arn:secret", maxAge: DefaultSecretMaxAge, now: c.now}, f, c
}

func expectKey(t *testing.T, s *secretKeys, want string) {
	t.Helper()
	keys, err := s.current(t.Context())
	if err != nil || keys.SigningKey != want {
		t.Fatalf("the key is %q, %v, want %q", keys.SigningKey, err, want)
	}
}

func TestSecretIsReadOnceAMinute(t *testing.T) {
	t.Parallel()
	s, f, c := newSecretKeys()
	expectKey(t, s, testKeys.SigningKey)
	f.set(secretOf(secondKey), nil)
	c.advance(59 * time.Second)
	expectKey(t, s, testKeys.SigningKey)
	c.advance(time.Second)
	expectKey(t, s, secondKey)
	if f.count() != 2 {
		t.Errorf("it was read %d times", f.count())
	}
}

func TestSecretServesFiveMinutesWhileItCannotBeRead(t *testing.T) {
	t.Parallel()
	s, f, c := newSecretKeys()
	expectKey(t, s, testKeys.SigningKey)
	broken := errors.New("no service")
	f.set("", broken)
	for range 4 {
		c.advance(time.Minute)
		expectKey(t, s, testKeys.SigningKey)
	}
	expectKey(t, s, testKeys.SigningKey) // within a second of the last try: not read again
	if f.count() != 5 {
		t.Errorf("it was read %d times, want 5", f.count())
	}
	c.advance(time.Minute)
	_, err := s.current(t.Context())
	expectError(t, err, broken, "read secret arn:secret: no service")
}

func TestSecretThatIsUnusable(t *testing.T) {
	t.Parallel()
	s, f, _ := newSecretKeys()
	f.set(`{"signing_key":"short"}`, nil)
	_, err := s.current(t.Context())
	expectError(t, err, ErrKeys, "read secret arn:secret: unusable signing keys: signing_key has 5 bytes, at least 32 are required")
}

func TestSecretIsReadAnewAtMostOnceASecond(t *testing.T) {
	t.Parallel()
	s, f, c := newSecretKeys()
	expectKey(t, s, testKeys.SigningKey)
	f.set(secretOf(secondKey), nil)
	for range 5 {
		keys, err := s.refreshed(t.Context())
		if err != nil || keys.SigningKey != testKeys.SigningKey {
			t.Fatalf("gave %q, %v", keys.SigningKey, err)
		}
	}
	c.advance(time.Second)
	keys, err := s.refreshed(t.Context())
	if err != nil || keys.SigningKey != secondKey || f.count() != 2 {
		t.Errorf("gave %q, %v after %d reads", keys.SigningKey, err, f.count())
	}
}

// The first of many callers gives up while the secret is read: the others still get what that read brings.
func TestSecretReadIsShared(t *testing.T) {
	t.Parallel()
	s, f, _ := newSecretKeys()
	f.gate, f.begun = make(chan struct{}), make(chan struct{}, 1)
	impatient, cancel := context.WithCancel(t.Context())
	gaveUp := make(chan error)
	go func() {
		_, err := s.current(impatient)
		gaveUp <- err
	}()
	<-f.begun
	cancel()
	if err := <-gaveUp; !errors.Is(err, context.Canceled) {
		t.Errorf("the caller that gave up got %v", err)
	}
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if keys, err := s.current(t.Context()); err != nil || keys.SigningKey != testKeys.SigningKey {
				t.Errorf("gave %q, %v", keys.SigningKey, err)
			}
		})
	}
	close(f.gate)
	group.Wait()
	if f.count() != 1 {
		t.Errorf("21 callers made %d reads", f.count())
	}
}

func TestIssuerReadsItsSecret(t *testing.T) {
	t.Parallel()
	f := &fakeSecrets{value: secretOf(testKeys.SigningKey)}
	table := peerTable(t)
	issuer, err := NewTokenIssuer(TokenIssuerConfig{DynamoDB: table.client, Table: table.name, Secrets: f, SecretARN: "arn:secret"})
	if err != nil {
		t.Fatal(err)
	}
	issued, err := issuer.Issue(t.Context(), IssueRequest{UserID: "ada", RoomID: "orders", TTL: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	s := newSetup(table)
	s.clock.at = time.Now()
	s.expectOpens(t, "the token", issued.Token)
	f.set("", errors.New("unused"))
	if _, err := issuer.Issue(t.Context(), IssueRequest{UserID: "ada", RoomID: "orders", TTL: time.Hour}); err != nil || f.count() != 1 {
		t.Errorf("the second token gave %v after %d reads", err, f.count())
	}
}

func TestIssueReportsTheSecret(t *testing.T) {
	t.Parallel()
	f := &fakeSecrets{err: errors.New("denied")}
	issuer, err := NewTokenIssuer(TokenIssuerConfig{DynamoDB: unusedTable{}, Table: "tokens", Secrets: f, SecretARN: "arn:secret"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = issuer.Issue(t.Context(), IssueRequest{UserID: "ada", RoomID: "orders", TTL: time.Hour})
	if want := `client: issue for user "ada" in room "orders": read secret arn:secret: denied`; err == nil || err.Error() != want {
		t.Errorf("gave %v", err)
	}
}
