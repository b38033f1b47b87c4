package sns

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"
)

// A proxy is the HTTPS_PROXY of functions. It accepts CONNECT for the hosts that the local stage plays, terminates TLS with
// certificates of the local authority, and serves what those hosts would. It connects to nothing outside.
type proxy struct {
	url      string
	notifier *Notifier
	logger   *slog.Logger
	plain    *http.Server // accepts CONNECT
	secure   *http.Server // serves requests within TLS
	inner    *pipeListener
	key      crypto.Signer
	done     sync.WaitGroup

	mu    sync.Mutex
	certs map[string]*tls.Certificate
}

// maxHosts bounds the certificates that are kept.
const maxHosts = 256

func startProxy(n *Notifier) (*proxy, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	p := &proxy{
		url: "http://" + listener.Addr().String(), notifier: n, logger: n.config.Logger, key: key,
		inner: newPipeListener(listener.Addr()), certs: map[string]*tls.Certificate{},
	}
	quiet := slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug) // a client that disconnects is normal
	p.plain = &http.Server{Handler: http.HandlerFunc(p.connect), ReadHeaderTimeout: 10 * time.Second, ErrorLog: quiet}
	p.secure = &http.Server{Handler: http.HandlerFunc(p.serve), ReadHeaderTimeout: 10 * time.Second, ErrorLog: quiet}
	p.done.Go(func() { _ = p.plain.Serve(listener) })
	p.done.Go(func() { _ = p.secure.Serve(p.inner) })
	return p, nil
}

func (p *proxy) close() error {
	err := errors.Join(p.plain.Close(), p.inner.Close(), p.secure.Close())
	p.done.Wait()
	return err
}

// connect serves CONNECT <host>:443.
func (p *proxy) connect(w http.ResponseWriter, r *http.Request) {
	host, port, err := net.SplitHostPort(r.Host)
	if r.Method != http.MethodConnect || err != nil || port != "443" || !isServed(host) {
		p.logger.Warn("proxy refused a request: the local stage has SNS and its own APIs only", "method", r.Method, "host", r.Host)
		http.Error(w, "the local stage has no "+r.Host, http.StatusForbidden)
		return
	}
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		p.logger.Error("proxy lost a connection", "host", r.Host, "error", err)
		return
	}
	if buffered.Reader.Buffered() > 0 { // TLS before our response: not a valid client
		_ = conn.Close()
		return
	}
	if _, err := conn.Write([]byte("HTTP/1.1 200 Connection established\r\n\r\n")); err != nil {
		_ = conn.Close()
		return
	}
	p.inner.put(tls.Server(conn, &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			if hello.ServerName != host {
				return nil, fmt.Errorf("server name %q is not the host %q of CONNECT", hello.ServerName, host)
			}
			return p.certificate(host)
		},
	}))
}

func isServed(host string) bool {
	_, gateway := gatewayOf(host)
	return gateway || snsHost.MatchString(host)
}

// certificate returns the certificate for host, issued on first use.
func (p *proxy) certificate(host string) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c, ok := p.certs[host]; ok {
		return c, nil
	}
	leaf, err := p.notifier.authority.issue(host, p.key.Public(), p.notifier.config.Clock.Now())
	if err != nil {
		return nil, fmt.Errorf("proxy: certificate for %s: %w", host, err)
	}
	if len(p.certs) >= maxHosts {
		clear(p.certs)
	}
	c := &tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: p.key, Leaf: leaf}
	p.certs[host] = c
	return c, nil
}

// serve handles a request within TLS for the host of the connection.
func (p *proxy) serve(w http.ResponseWriter, r *http.Request) {
	host := r.TLS.ServerName
	if api, ok := gatewayOf(host); ok {
		p.toGateway(api).ServeHTTP(w, r)
		return
	}
	p.notifier.servePublic(w, r)
}

// toGateway forwards requests to the local stage's API, WebSockets included.
func (p *proxy) toGateway(api string) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			target := gatewayURL(p.notifier.config.EndpointBase, api, r.In.URL)
			r.Out.URL = target
			r.Out.Host = target.Host
			r.SetXForwarded()
		},
		ErrorLog: slog.NewLogLogger(p.logger.Handler(), slog.LevelWarn),
	}
}

// servePublic serves what SNS serves without authentication: its certificate, and a GET of the URLs in its messages.
func (n *Notifier) servePublic(w http.ResponseWriter, r *http.Request) {
	action := r.URL.Query().Get("Action")
	switch {
	case r.Method == http.MethodGet && r.URL.Path == n.signer.path:
		w.Header().Set("Content-Type", "application/x-pem-file")
		_, _ = w.Write(n.signer.certificate)
	case r.Method == http.MethodGet && r.URL.Path == "/" && (action == "ConfirmSubscription" || action == "Unsubscribe"):
		r.Header.Del("Authorization") // it is not verified
		r.URL.RawQuery = withoutSignature(r.URL.Query()).Encode()
		n.Handler().ServeHTTP(w, r)
	default:
		n.config.Logger.Warn("proxy refused a request to SNS: use AWS_ENDPOINT_URL", "method", r.Method, "path", r.URL.Path)
		writeError(w, &apiError{http.StatusForbidden, "AuthorizationError", "call SNS at the local stage's endpoint, AWS_ENDPOINT_URL"})
	}
}

func withoutSignature(values url.Values) url.Values {
	values.Del("X-Amz-Signature")
	return values
}

// A pipeListener is a net.Listener of connections that are put into it.
type pipeListener struct {
	conns  chan net.Conn
	ctx    context.Context
	cancel context.CancelFunc
	addr   net.Addr
}

func newPipeListener(addr net.Addr) *pipeListener {
	l := &pipeListener{conns: make(chan net.Conn), addr: addr}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l
}

func (l *pipeListener) put(c net.Conn) {
	select {
	case l.conns <- c:
	case <-l.ctx.Done():
		_ = c.Close()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.ctx.Done():
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.cancel()
	return nil
}

func (l *pipeListener) Addr() net.Addr { return l.addr }

var _ net.Listener = (*pipeListener)(nil)
