package websocket

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

const benchSockets = 1000

// crowd is a stage with many sockets whose clients discard what they receive.
func crowd(b *testing.B) (*stage, []string, []net.Conn) {
	b.Helper()
	s := start(b, func(in *setup) {
		in.services.AccountLimits, in.services.ConnectionLimits = edge.Limits{Rate: -1}, edge.Limits{Rate: -1}
		delete(in.config.Routes, RouteConnect)
		delete(in.config.Routes, RouteDisconnect)
	})
	conns := make([]net.Conn, benchSockets)
	for i := range conns {
		conns[i], _ = s.rawDial()
	}
	ids := make([]string, 0, benchSockets)
	for _, c := range s.connections.all() {
		ids = append(ids, c.connectionID)
	}
	return s, ids, conns
}

func discardAll(conns []net.Conn) {
	for _, conn := range conns {
		go io.Copy(io.Discard, conn) //nolint:errcheck // ends with the socket
	}
}

// discardWriter is a response that nobody reads.
type discardWriter struct{ header http.Header }

func (w *discardWriter) Header() http.Header         { return w.header }
func (w *discardWriter) Write(b []byte) (int, error) { return len(b), nil }
func (w *discardWriter) WriteHeader(int)             {}

// BenchmarkPost is the gateway's own share of an @connections post of 200 bytes, up to the write into the socket, over
// 1,000 sockets; the clients' reads are in the same process and count too.
func BenchmarkPost(b *testing.B) {
	s, ids, conns := crowd(b)
	discardAll(conns)
	body := strings.Repeat("x", 200)
	var next atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		w := &discardWriter{header: http.Header{}}
		for pb.Next() {
			id := ids[int(next.Add(1))%len(ids)]
			r := &http.Request{Method: http.MethodPost, URL: &url.URL{}, Body: io.NopCloser(strings.NewReader(body))}
			s.Serve(w, r, "/prod/@connections/"+id)
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}

// BenchmarkPostOverHTTP adds net/http on both sides of the call: 64 kept-alive connections.
func BenchmarkPostOverHTTP(b *testing.B) {
	s, ids, conns := crowd(b)
	discardAll(conns)
	transport := &http.Transport{MaxIdleConnsPerHost: 64, MaxConnsPerHost: 64}
	defer transport.CloseIdleConnections()
	poster := &http.Client{Transport: transport}
	body := strings.Repeat("x", 200)
	var next atomic.Int64
	b.SetParallelism(32)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			id := ids[int(next.Add(1))%len(ids)]
			response, err := poster.Post(s.url("/prod/@connections/"+id), "", strings.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			io.Copy(io.Discard, response.Body) //nolint:errcheck // empty
			response.Body.Close()
			if response.StatusCode != 200 {
				b.Errorf("status %d", response.StatusCode)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}

// BenchmarkMemoryPerSocket reports heap and stack of an idle connection, both ends of its TCP socket included (the
// client's end, with its 4 KB reader, is about 5 KB of it).
func BenchmarkMemoryPerSocket(b *testing.B) {
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		_, _, conns := crowd(b)
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/benchSockets, "heapB/socket")
		b.ReportMetric(float64(after.StackInuse-before.StackInuse)/benchSockets, "stackB/socket")
		for _, conn := range conns {
			conn.Close()
		}
	}
}
