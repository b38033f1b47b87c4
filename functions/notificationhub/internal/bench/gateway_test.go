package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// postLatency is how long the simulated @connections takes for a post.
const postLatency = 20 * time.Millisecond

// awsQuota is what an account has in most regions.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
var awsQuota = limits{rate: 10_000, burst: 5_000}

// limits are those of a token bucket.
type limits struct{ rate, burst float64 }

// floor is the least time in which n requests can pass.
func (l limits) floor(n int) time.Duration {
	return time.Duration(max(0, float64(n)-l.burst) / l.rate * float64(time.Second))
}

// A quota is a token bucket.
type quota struct {
	mu     sync.Mutex
	limits limits
	tokens float64
	at     time.Time
}

func (q *quota) take(now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tokens = min(q.limits.burst, q.tokens+now.Sub(q.at).Seconds()*q.limits.rate)
	q.at = now
	if q.tokens < 1 {
		return false
	}
	q.tokens--
	return true
}

// gatewayStats is what the gateway saw since it was reset.
type gatewayStats struct {
	Reached   int `json:"reached"`   // connections that got a frame
	Repeated  int `json:"repeated"`  // frames that a connection got beyond its first
	Throttled int `json:"throttled"` // posts answered 429
	Others    int `json:"others"`    // requests of other callers of the account
	Refused   int `json:"refused"`   // those answered 429
}

// A gateway answers posts as API Gateway does.
type gateway struct {
	quota quota
	mu    sync.Mutex
	seen  map[string]bool
	stats gatewayStats
	rest  func() // ends the other callers
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/reset":
		var l limits
		_, _ = fmt.Sscanf(r.URL.RawQuery, "%g/%g", &l.rate, &l.burst)
		g.reset(l)
	case "/others":
		var rate float64
		_, _ = fmt.Sscanf(r.URL.RawQuery, "%g", &rate)
		ctx, cancel := context.WithCancel(context.Background())
		g.rest = cancel
		go g.call(ctx, rate)
	case "/stats":
		g.rest()
		g.mu.Lock()
		defer g.mu.Unlock()
		_ = json.NewEncoder(w).Encode(g.stats)
	default:
		g.post(w, r)
	}
}

func (g *gateway) reset(l limits) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.seen, g.stats = map[string]bool{}, gatewayStats{}
	g.quota.mu.Lock()
	defer g.quota.mu.Unlock()
	g.quota.limits, g.quota.tokens, g.quota.at = l, l.burst, time.Now()
}

// call makes the requests of other callers of the account, so many a second: connects, and requests to other APIs. They take
// from the quota, and do nothing else.
func (g *gateway) call(ctx context.Context, rate float64) {
	const tick = 5 * time.Millisecond
	beat := time.NewTicker(tick)
	defer beat.Stop()
	for due := 0.0; ; {
		select {
		case <-ctx.Done():
			return
		case now := <-beat.C:
			for due += rate * tick.Seconds(); due >= 1; due-- {
				passed := g.quota.take(now)
				g.mu.Lock()
				g.stats.Others++
				if !passed {
					g.stats.Refused++
				}
				g.mu.Unlock()
			}
		}
	}
}

func (g *gateway) post(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	if !g.quota.take(time.Now()) {
		g.mu.Lock()
		g.stats.Throttled++
		g.mu.Unlock()
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	time.Sleep(postLatency)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.seen[r.URL.Path] {
		g.stats.Repeated++
		return
	}
	g.seen[r.URL.Path] = true
	g.stats.Reached++
}

// serveGateway serves until the parent is gone.
func serveGateway() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(listener.Addr())
	g := &gateway{seen: map[string]bool{}, rest: func() {}}
	go func() { _ = http.Serve(listener, g) }()
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// startGateway starts the gateway in a process of its own and returns its address.
func startGateway(b *testing.B) *url.URL {
	b.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), gatewayVariable+"=1")
	child.Stderr = os.Stderr
	stdin, err := child.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := child.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := child.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = stdin.Close()
		_ = child.Wait()
	})
	address, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return &url.URL{Scheme: "http", Host: strings.TrimSpace(address), Path: "/prod"}
}

// call makes a control request and returns what the gateway saw.
func call(b *testing.B, endpoint *url.URL, path string) (stats gatewayStats) {
	b.Helper()
	response, err := http.Get("http://" + endpoint.Host + path)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	if path == "/stats" {
		if err := json.NewDecoder(response.Body).Decode(&stats); err != nil {
			b.Fatal(err)
		}
	}
	return stats
}
