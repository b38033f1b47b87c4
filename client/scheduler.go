package client

import (
	"context"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

// AllGroups, as the only group of a token, lets its bearer use every group.
const AllGroups = contract.AllGroups

// A Scheduler schedules, returns, changes and cancels messages through the scheduler's HTTP API. It signs its own
// tokens with the scheduler's signing secret. It is safe for concurrent use.
//
// Calls without an answer, or answered by a 5xx or 429, are retried. A retry does nothing twice, because Schedule gives
// each message an idempotency key. But if the answer to a Change or Cancel was lost, its retry may fail with ErrETag or
// ErrTooLate although it was done: check with Get.
type Scheduler struct {
	base    string
	keys    keySource
	http    HTTPDoer
	groups  []string
	ttl     time.Duration
	now     func() time.Time
	tries   int
	backoff backoff

	mu     sync.Mutex
	token  IssuedToken
	signed string // the key that signed it
}

// An HTTPDoer makes HTTP calls. *http.Client is one.
type HTTPDoer interface {
	Do(*http.Request) (*http.Response, error)
}

var _ HTTPDoer = (*http.Client)(nil)

// SchedulerConfig has the API's URL and the source of the keys. URL is required, and either Secrets with SecretARN, or
// Keys.
type SchedulerConfig struct {
	URL string // of the API (stack output ApiUrl)

	Secrets   SecretReader // *secretsmanager.Client
	SecretARN string       // ARN or name of the scheduler's secret (stack output SchedulerSecretArn)
	Keys      *Keys        // instead of a secret
}

// A SchedulerOption changes a Scheduler's defaults.
type SchedulerOption func(*schedulerOptions)

type schedulerOptions struct {
	groups      []string
	ttl         time.Duration
	http        HTTPDoer
	tries       int
	base, limit time.Duration
	now         func() time.Time
}

// WithGroups narrows the tokens of a Scheduler to some groups. Default: AllGroups.
func WithGroups(groups ...string) SchedulerOption {
	return func(o *schedulerOptions) { o.groups = groups }
}

// WithSchedulerHTTPClient sets the HTTP client. Default: one with a timeout of 35 s, more than API Gateway lets a call last.
func WithSchedulerHTTPClient(client HTTPDoer) SchedulerOption {
	return func(o *schedulerOptions) { o.http = client }
}

// WithSchedulerTries bounds the tries of each call, the first included. Default: DefaultMaxAttempts.
func WithSchedulerTries(n int) SchedulerOption {
	return func(o *schedulerOptions) { o.tries = n }
}

// WithSchedulerBackoff sets the longest wait before the first retry, which doubles with each further one, and its cap.
// Defaults: DefaultBackoffBase, DefaultBackoffCap.
func WithSchedulerBackoff(base, limit time.Duration) SchedulerOption {
	return func(o *schedulerOptions) { o.base, o.limit = base, limit }
}

// WithSchedulerClock sets the clock. Default: time.Now.
func WithSchedulerClock(now func() time.Time) SchedulerOption {
	return func(o *schedulerOptions) { o.now = now }
}

const (
	bearerTTL      = 5 * time.Minute
	callTimeout    = 35 * time.Second
	refreshBearer  = time.Minute // a token is replaced when it has less than this to live
	maxBearerBytes = contract.MaxTokenBytes
)

// NewScheduler returns a Scheduler. It returns ErrConfig, or ErrKeys for unusable Keys, and makes no call.
func NewScheduler(cfg SchedulerConfig, opts ...SchedulerOption) (*Scheduler, error) {
	o := schedulerOptions{
		groups: []string{AllGroups}, ttl: bearerTTL, http: &http.Client{Timeout: callTimeout}, tries: DefaultMaxAttempts,
		base: DefaultBackoffBase, limit: DefaultBackoffCap, now: time.Now,
	}
	for _, apply := range opts {
		apply(&o)
	}
	if err := errors.Join(append(cfg.faults(), o.faults()...)...); err != nil {
		return nil, fmt.Errorf("client: new scheduler: %w", err)
	}
	return &Scheduler{
		keys: newKeySource(cfg.Keys, cfg.Secrets, cfg.SecretARN, DefaultSecretMaxAge, o.now),
		base: strings.TrimRight(cfg.URL, "/"), http: o.http, groups: slices.Clone(o.groups), ttl: o.ttl, now: o.now, tries: o.tries,
		backoff: backoff{base: o.base, limit: o.limit, random: mathrand.Float64, sleep: sleep},
	}, nil
}

func (c SchedulerConfig) faults() []error {
	var faults []error
	if u, err := url.Parse(c.URL); err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		faults = append(faults, fmt.Errorf("%w: URL %q is not an http or https URL", ErrConfig, c.URL))
	}
	return append(faults, checkKeySource(c.Keys, c.Secrets, c.SecretARN)...)
}

func (o schedulerOptions) faults() []error {
	var faults []error
	if o.http == nil {
		faults = append(faults, fmt.Errorf("%w: the HTTP client is nil", ErrConfig))
	}
	if o.tries < 1 {
		faults = append(faults, fmt.Errorf("%w: %d tries, at least 1 is needed", ErrConfig, o.tries))
	}
	if o.base <= 0 || o.limit < o.base {
		faults = append(faults, fmt.Errorf("%w: a back-off of %s up to %s", ErrConfig, o.base, o.limit))
	}
	return append(faults, checkGroups(o.groups)...)
}

func checkGroups(groups []string) []error {
	if len(groups) == 0 || slices.Contains(groups, "") {
		return []error{fmt.Errorf("%w: groups %q, at least one name is needed and none may be empty", ErrConfig, groups)}
	}
	return nil
}

// IssueBearer issues a token to other callers of the API: for the groups, or AllGroups alone, until ttl from now, which
// is at least a second and at most MaxTokenTTL. Errors: ErrConfig, ErrExpiryRequired, ErrExpiryPast, ErrExpiryTooLong,
// ErrTokenTooLong, ErrKeys, and those of Secrets Manager.
func (s *Scheduler) IssueBearer(ctx context.Context, ttl time.Duration, groups ...string) (IssuedToken, error) {
	if err := errors.Join(checkGroups(groups)...); err != nil {
		return IssuedToken{}, fmt.Errorf("client: issue bearer: %w", err)
	}
	end, err := IssueRequest{TTL: ttl}.expiry(s.now())
	if err != nil {
		return IssuedToken{}, fmt.Errorf("client: issue bearer: %w", err)
	}
	keys, err := s.keys.current(ctx)
	if err != nil {
		return IssuedToken{}, fmt.Errorf("client: issue bearer: %w", err)
	}
	signed, err := signBearer(keys.SigningKey, groups, end)
	if err != nil {
		return IssuedToken{}, fmt.Errorf("client: issue bearer: %w", err)
	}
	return IssuedToken{Token: signed, ExpiresAt: end}, nil
}

func signBearer(key string, groups []string, end time.Time) (string, error) {
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS512, jwt.MapClaims{
		contract.ClaimGroups: groups, "exp": end.Unix(),
	}).SignedString([]byte(key))
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	if len(signed) > maxBearerBytes {
		return "", fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrTokenTooLong, len(signed), maxBearerBytes)
	}
	return signed, nil
}

// bearer returns the Scheduler's own token, renewed shortly before it expires and when the key has changed.
func (s *Scheduler) bearer(ctx context.Context) (string, error) {
	keys, err := s.keys.current(ctx)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.signed == keys.SigningKey && s.token.ExpiresAt.Sub(s.now()) > refreshBearer {
		return s.token.Token, nil
	}
	end := s.now().Add(s.ttl).UTC().Truncate(time.Second)
	signed, err := signBearer(keys.SigningKey, s.groups, end)
	if err != nil {
		return "", err
	}
	s.token, s.signed = IssuedToken{Token: signed, ExpiresAt: end}, keys.SigningKey
	return signed, nil
}
