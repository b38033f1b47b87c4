package management

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/deliver"
)

// Connections is the @connections resource of one stage of a WebSocket API. Each call makes one try.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
type Connections struct {
	endpoint    *url.URL // https://{api}.execute-api.{region}.amazonaws.com/{stage}, or any other with a path
	region      string
	credentials aws.CredentialsProvider
	signer      *v4.Signer
	transport   http.RoundTripper
	now         func() time.Time
}

var (
	_ deliver.Poster = (*Connections)(nil)
	_ deliver.Prober = (*Connections)(nil)
)

// New returns the resource at an endpoint, which may be http or https and have a path.
func New(endpoint *url.URL, region string, credentials aws.CredentialsProvider, now func() time.Time) *Connections {
	return &Connections{
		endpoint: endpoint, region: region, credentials: credentials,
		signer: v4.NewSigner(), transport: newTransport(), now: now,
	}
}

// Post sends body to the connection. Its error wraps a sentinel of package deliver.
func (c *Connections) Post(ctx context.Context, connectionID string, body []byte) error {
	if err := c.do(ctx, http.MethodPost, connectionID, body); err != nil {
		return fmt.Errorf("management: post to connection %q: %w", connectionID, err)
	}
	return nil
}

// Probe returns nil if the connection exists, and deliver.ErrGone if it does not.
func (c *Connections) Probe(ctx context.Context, connectionID string) error {
	if err := c.do(ctx, http.MethodGet, connectionID, nil); err != nil {
		return fmt.Errorf("management: get connection %q: %w", connectionID, err)
	}
	return nil
}

// Close closes the connection. It returns deliver.ErrGone if there is none.
func (c *Connections) Close(ctx context.Context, connectionID string) error {
	if err := c.do(ctx, http.MethodDelete, connectionID, nil); err != nil {
		return fmt.Errorf("management: delete connection %q: %w", connectionID, err)
	}
	return nil
}

func (c *Connections) do(ctx context.Context, method, connectionID string, body []byte) error {
	req := c.newRequest(ctx, method, connectionID, body)
	if err := c.sign(req, body); err != nil {
		return err
	}
	// The transport, not a client: a signed request is for one URL, so redirects are not followed, and each layer that
	// copies the headers costs as much as a signature.
	res, err := c.transport.RoundTrip(req)
	if err != nil {
		return fmt.Errorf("%w: %w", deliver.ErrUnavailable, err)
	}
	defer res.Body.Close()
	return readAnswer(res)
}

func (c *Connections) newRequest(ctx context.Context, method, connectionID string, body []byte) *http.Request {
	target := *c.endpoint
	target.Path = strings.TrimSuffix(c.endpoint.Path, "/") + "/@connections/" + connectionID
	target.RawPath = strings.TrimSuffix(c.endpoint.EscapedPath(), "/") + "/@connections/" + escape(connectionID)
	req := &http.Request{Method: method, URL: &target, Host: target.Host, Header: make(http.Header, 8)}
	if body != nil {
		req.Header.Set("Content-Type", "application/octet-stream")
		req.ContentLength = int64(len(body))
		req.Body = io.NopCloser(bytes.NewReader(body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	}
	return req.WithContext(ctx)
}

func (c *Connections) sign(req *http.Request, body []byte) error {
	credentials, err := c.credentials.Retrieve(req.Context())
	if err != nil {
		return fmt.Errorf("%w: credentials: %w", deliver.ErrUnavailable, err)
	}
	sum := sha256.Sum256(body)
	err = c.signer.SignHTTP(req.Context(), credentials, req, hex.EncodeToString(sum[:]), "execute-api", c.region, c.now())
	if err != nil {
		return fmt.Errorf("%w: sign: %w", deliver.ErrRefused, err)
	}
	return nil
}
