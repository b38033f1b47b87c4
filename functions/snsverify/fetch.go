package snsverify

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	// maxCertificateBytes bounds a fetched certificate. Genuine ones have 2 KiB.
	maxCertificateBytes = 16 << 10
	// defaultFetchTimeout bounds a fetch: connect, request and body. SNS itself waits 15 s for an answer.
	defaultFetchTimeout = 5 * time.Second
)

// A source is the URL of a certificate and the name that the certificate must have.
type source struct {
	url, commonName string
}

// A fetcher gets certificates by https.
type fetcher struct {
	client  *http.Client
	timeout time.Duration
	now     func() time.Time
	chain   *chain // nil: not verified
}

// newFetcher copies the client and disables redirects in the copy.
func newFetcher(c config) *fetcher {
	own := *c.client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	own.Jar = nil
	return &fetcher{client: &own, timeout: c.fetchTimeout, now: c.now, chain: c.chain}
}

// load fetches the certificate of from and returns it only if it is valid now.
func (f *fetcher) load(ctx context.Context, from source) (*certificate, error) {
	cert, err := f.fetch(ctx, from.url)
	if err != nil {
		return nil, err
	}
	if err := cert.checkName(from.commonName); err != nil {
		return nil, err
	}
	now := f.now()
	if err := cert.checkDates(now); err != nil {
		return nil, err
	}
	if f.chain != nil {
		if err := f.chain.check(cert, now); err != nil {
			return nil, err
		}
	}
	return cert, nil
}

// fetch gets the certificate at url, which was derived and not received.
func (f *fetcher) fetch(ctx context.Context, url string) (*certificate, error) {
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFetch, err)
	}
	response, err := f.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFetch, err)
	}
	defer response.Body.Close()
	if isFinal(response.StatusCode) {
		return nil, fmt.Errorf("%w: GET %s answered %s", ErrCertificate, url, response.Status)
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: GET %s answered %s", ErrFetch, url, response.Status)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxCertificateBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%w: GET %s: %w", ErrFetch, url, err)
	}
	if len(text) > maxCertificateBytes {
		return nil, fmt.Errorf("%w: GET %s gave more than %d bytes", ErrCertificate, url, maxCertificateBytes)
	}
	return parseCertificate(text)
}

// isFinal reports whether a status will not pass. 408, 425 and 429 are statuses of this request, not of the certificate.
func isFinal(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return status >= 300 && status <= 499
}
