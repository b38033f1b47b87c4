package endpoint

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
	"github.com/hermes-cdk/hermes/infra/local/internal/uuid"
)

// idlePerPeer is how many idle connections to a peer are kept: more than callers wait in long polls at once.
const idlePerPeer = 512

// NewTransport returns the transport for requests to peers on the loopback interface: many kept-alive connections, no
// compression.
func NewTransport() *http.Transport {
	return &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		MaxIdleConns:        0,
		MaxIdleConnsPerHost: idlePerPeer,
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true,
	}
}

// A Proxy forwards requests to a peer that does not verify signatures.
type Proxy struct {
	peer      *url.URL
	service   string
	region    string
	transport http.RoundTripper
	// prepare changes the request to the peer, finish the peer's response. Both may be nil.
	prepare func(out *http.Request, c *call) *wire.Error
	finish  func(res *http.Response, c *call) *wire.Error
}

// NewProxy returns a proxy to the peer of a service at base, for example http://127.0.0.1:40123.
func (f *Front) NewProxy(service, base string, transport http.RoundTripper) (*Proxy, error) {
	peer, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	return &Proxy{peer: peer, service: service, region: f.region, transport: transport, prepare: placeholder(service, f.region)}, nil
}

// placeholder replaces the caller's signature, which stays here, by one without a value: dynalite requires its parts, and
// fauxqs reads the region from it.
func placeholder(service, region string) func(*http.Request, *call) *wire.Error {
	authorization := "AWS4-HMAC-SHA256 Credential=local/20200101/" + region + "/" + service +
		"/aws4_request, SignedHeaders=host, Signature=0"
	return func(out *http.Request, _ *call) *wire.Error {
		out.Header.Set("Authorization", authorization)
		out.Header.Set("X-Amz-Date", "20200101T000000Z")
		out.Header.Del("X-Amz-Security-Token")
		return nil
	}
}

// ServeHTTP implements http.Handler.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := callFrom(r.Context())
	out := p.request(r)
	if p.prepare != nil {
		if e := p.prepare(out, c); e != nil {
			c.op.Protocol.WriteError(w, e)
			return
		}
	}
	res, err := p.transport.RoundTrip(out)
	if err != nil {
		p.fail(w, r, c, err)
		return
	}
	defer func() { _ = res.Body.Close() }()
	if p.finish != nil {
		if e := p.finish(res, c); e != nil {
			c.op.Protocol.WriteError(w, e)
			return
		}
	}
	h := w.Header()
	for name, values := range res.Header {
		h[name] = values
	}
	dropHopHeaders(h)
	if h.Get("X-Amzn-Requestid") == "" {
		h.Set("X-Amzn-Requestid", uuid.New())
	}
	w.WriteHeader(res.StatusCode)
	_, _ = io.Copy(w, res.Body)
}

// request returns the request to the peer: the same, to another host.
func (p *Proxy) request(r *http.Request) *http.Request {
	u := *r.URL
	u.Scheme, u.Host = p.peer.Scheme, p.peer.Host
	out := (&http.Request{
		Method: r.Method, URL: &u, Host: p.peer.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: r.Header.Clone(), Body: r.Body, ContentLength: r.ContentLength,
	}).WithContext(r.Context())
	if r.ContentLength == 0 {
		out.Body = http.NoBody
	}
	dropHopHeaders(out.Header)
	return out
}

// hopHeaders concern one connection only (RFC 9110, section 7.6.1); Expect is handled here.
var hopHeaders = []string{
	"Connection", "Expect", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer",
	"Transfer-Encoding", "Upgrade",
}

func dropHopHeaders(h http.Header) {
	for _, name := range strings.Split(h.Get("Connection"), ",") {
		h.Del(strings.TrimSpace(name))
	}
	for _, name := range hopHeaders {
		h.Del(name)
	}
}

// fail responds for a peer that cannot be reached, or for a body whose chunks were altered. A caller that has disconnected
// gets nothing.
func (p *Proxy) fail(w http.ResponseWriter, r *http.Request, c *call, err error) {
	if r.Context().Err() != nil {
		panic(http.ErrAbortHandler)
	}
	if e := bodyError(err); e != nil {
		c.op.Protocol.WriteError(w, e)
		return
	}
	message := "The peer of service " + p.service + " does not answer: " + err.Error()
	if errors.Is(err, io.EOF) {
		message = "The peer of service " + p.service + " cut the connection."
	}
	c.op.Protocol.WriteError(w, &wire.Error{Code: "ServiceUnavailable", Message: message, Status: http.StatusServiceUnavailable})
}
