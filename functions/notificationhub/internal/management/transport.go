package management

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// keptAlive is how many idle sockets are kept: a few more than posts are in flight. Go keeps 2 per host, the SDK 10; every
// further post would open, and close, a socket of its own.
const keptAlive = 256

// newTransport returns a transport for many small requests to one host, over HTTP/1.1: an HTTP/2 connection would carry no
// more concurrent streams than the server allows.
func newTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 2 * time.Second, KeepAlive: 30 * time.Second}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		MaxIdleConns:        keptAlive,
		MaxIdleConnsPerHost: keptAlive,
		MaxConnsPerHost:     keptAlive,
		IdleConnTimeout:     50 * time.Second, // below the minute after which API Gateway's front end hangs up
		TLSHandshakeTimeout: 2 * time.Second,
		// A resumed handshake saves most of the CPU of a cold start with hundreds of sockets.
		TLSClientConfig:    &tls.Config{MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(keptAlive)},
		Protocols:          protocols,
		DisableCompression: true,
	}
}
