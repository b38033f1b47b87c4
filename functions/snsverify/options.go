package snsverify

import (
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// DefaultMaxBytes bounds a message. SNS publishes at most 256 KiB, which JSON escapes at most double, plus the fields.
const DefaultMaxBytes = 1 << 20

// ClockSkew is how far in the future a Timestamp may be when WithMaxAge is set.
const ClockSkew = 5 * time.Minute

// An Option configures a Verifier.
type Option func(*config)

type config struct {
	minVersion   int
	maxAge       time.Duration
	maxBytes     int64
	now          func() time.Time
	client       *http.Client
	fetchTimeout time.Duration
	cacheSize    int
	chain        *chain
	commonName   string
	logger       *slog.Logger
}

func newConfig(options []Option) (config, error) {
	c := config{
		minVersion: 1, maxBytes: DefaultMaxBytes, now: time.Now, client: &http.Client{},
		fetchTimeout: defaultFetchTimeout, cacheSize: defaultCacheSize, logger: slog.New(slog.DiscardHandler),
	}
	for _, option := range options {
		option(&c)
	}
	return c, c.check()
}

func (c *config) check() error {
	switch {
	case c.minVersion != 1 && c.minVersion != 2:
		return fmt.Errorf("%w: minimum version %d is neither 1 nor 2", ErrConfiguration, c.minVersion)
	case c.maxAge < 0:
		return fmt.Errorf("%w: maximum age %s is negative", ErrConfiguration, c.maxAge)
	case c.maxBytes <= 0:
		return fmt.Errorf("%w: at most %d bytes", ErrConfiguration, c.maxBytes)
	case c.fetchTimeout <= 0:
		return fmt.Errorf("%w: fetch timeout %s", ErrConfiguration, c.fetchTimeout)
	case c.cacheSize <= 0:
		return fmt.Errorf("%w: cache of %d certificates", ErrConfiguration, c.cacheSize)
	case c.now == nil || c.client == nil || c.logger == nil:
		return fmt.Errorf("%w: nil clock, client or logger", ErrConfiguration)
	case c.chain != nil && c.chain.intermediates == nil:
		return fmt.Errorf("%w: nil intermediates", ErrConfiguration)
	}
	return nil
}

// WithMinVersion refuses signature versions below version, 1 or 2. Default: 1. Take 2 where the topic has the attribute
// SignatureVersion 2: SHA-1 is no longer safe against collisions.
func WithMinVersion(version int) Option { return func(c *config) { c.minVersion = version } }

// WithMaxAge refuses messages whose Timestamp is older than age or more than ClockSkew in the future. Default: 0, any
// age. A retry keeps the Timestamp of its message, so age must exceed the time for which SNS retries: up to an hour
// under a delivery policy, and as long as a dead letter lies before its redrive.
func WithMaxAge(age time.Duration) Option { return func(c *config) { c.maxAge = age } }

// WithMaxBytes refuses longer messages. Default: DefaultMaxBytes.
func WithMaxBytes(n int64) Option { return func(c *config) { c.maxBytes = n } }

// WithClock sets the clock for ages and validity dates. Default: time.Now.
func WithClock(now func() time.Time) Option { return func(c *config) { c.now = now } }

// WithHTTPClient sets the client that fetches certificates; it is copied, and the copy follows no redirect and keeps
// no cookie. Default: a client with http.DefaultTransport.
func WithHTTPClient(client *http.Client) Option { return func(c *config) { c.client = client } }

// WithFetchTimeout bounds one fetch of a certificate. Default: 5 s.
func WithFetchTimeout(d time.Duration) Option { return func(c *config) { c.fetchTimeout = d } }

// WithCacheSize sets how many certificates are cached. Default: 16.
func WithCacheSize(certificates int) Option { return func(c *config) { c.cacheSize = certificates } }

// WithIntermediates verifies the certificate's chain through intermediates to roots, or to the system's roots if roots
// is nil. Default: no chain is verified; the https connection to the derived host is what vouches for the certificate.
//
// SNS serves the leaf only, so the intermediates (Amazon RSA 2048 M01 and its like) must be known beforehand; Amazon
// changes them without notice. https://www.amazontrust.com/repository/
func WithIntermediates(intermediates, roots *x509.CertPool) Option {
	return func(c *config) { c.chain = &chain{intermediates: intermediates, roots: roots} }
}

// WithCommonName requires name of every certificate instead of the one derived from the topic's region, should AWS name
// a region's certificate differently.
func WithCommonName(name string) Option { return func(c *config) { c.commonName = name } }

// WithLogger makes Middleware log each refusal with its reason. Default: no log.
func WithLogger(logger *slog.Logger) Option { return func(c *config) { c.logger = logger } }
