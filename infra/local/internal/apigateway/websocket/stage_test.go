package websocket

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	client "github.com/coder/websocket"
	"go.uber.org/goleak"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge/edgetest"
	"github.com/hermes-cdk/hermes/infra/local/internal/clock/clocktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	apiID  = "abcdef123"
	prefix = "/_aws/execute-api/" + apiID
	ok     = `{"statusCode":200}`
)

var epoch = time.Date(2024, 11, 11, 13, 45, 46, 514e6, time.UTC)

// stage is a running API with everything around it faked.
type stage struct {
	*API
	t       testing.TB
	server  *httptest.Server
	invoker *edgetest.Invoker
	clock   *clocktest.Clock
	meter   *edgetest.Meter
	faults  *edgetest.Faults
	drained bool
}

type setup struct {
	config   Config
	services edge.Services
}

// start runs an API with the routes $connect, $disconnect, $default and echo, all of which answer 200.
func start(t testing.TB, change func(*setup)) *stage {
	t.Helper()
	s := &stage{
		t: t, invoker: edgetest.NewInvoker(), clock: clocktest.New(epoch),
		meter: &edgetest.Meter{}, faults: &edgetest.Faults{},
	}
	for _, function := range []string{"connect", "disconnect", "default", "echo"} {
		s.invoker.Return(function, ok)
	}
	in := setup{
		config: Config{APIID: apiID, Stage: "prod", Routes: map[string]Route{
			RouteConnect:    {Function: "connect"},
			RouteDisconnect: {Function: "disconnect"},
			RouteDefault:    {Function: "default"},
			"echo":          {Function: "echo", RouteResponse: true},
		}},
		services: edge.Services{
			Account: edge.Account{ID: "123456789012"}, Invoker: s.invoker, Clock: s.clock, Meter: s.meter, Faults: s.faults,
			Authorize: func(*http.Request, []byte, string, string) (edge.Caller, error) { return edge.Caller{}, nil },
		},
	}
	in.config.Limits.CloseWait = 500 * time.Millisecond
	if change != nil {
		change(&in)
	}
	services, err := in.services.WithDefaults()
	if err != nil {
		t.Fatal(err)
	}
	s.API, err = New(in.config, services)
	if err != nil {
		t.Fatal(err)
	}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Serve(w, r, strings.TrimPrefix(r.URL.EscapedPath(), prefix))
	}))
	t.Cleanup(s.close)
	return s
}

func (s *stage) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Stop(ctx); err != nil && !s.drained {
		s.t.Error(err)
	}
	s.server.Close()
}

func (s *stage) url(path string) string { return s.server.URL + prefix + path }

// dial connects or fails the test.
func (s *stage) dial(options ...*client.DialOptions) *client.Conn {
	s.t.Helper()
	conn, response, err := s.tryDial("/prod", options...)
	if err != nil {
		s.t.Fatalf("dial: %v (%v)", err, response)
	}
	return conn
}

func (s *stage) tryDial(path string, options ...*client.DialOptions) (*client.Conn, *http.Response, error) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	s.t.Cleanup(cancel)
	o := &client.DialOptions{}
	if len(options) > 0 {
		o = options[0]
	}
	conn, response, err := client.Dial(ctx, s.url(path), o)
	if err == nil {
		conn.SetReadLimit(1 << 20)
		s.t.Cleanup(func() { conn.CloseNow() })
	}
	return conn, response, err
}

// connectionID is the id of the n-th connection, from its $connect event.
func (s *stage) connectionID(n int) string {
	s.t.Helper()
	event := decode(s.t, s.invoker.WaitEvents(s.t, "connect", n)[n-1])
	return event["requestContext"].(map[string]any)["connectionId"].(string)
}

// manage makes an @connections call.
func (s *stage) manage(method, id, body string) (*http.Response, string) {
	s.t.Helper()
	return s.request(method, "/prod/@connections/"+strings.ReplaceAll(id, "=", "%3D"), body)
}

func (s *stage) request(method, path, body string) (*http.Response, string) {
	s.t.Helper()
	request, err := http.NewRequest(method, s.url(path), strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	response, err := s.server.Client().Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response, string(text)
}

// receive reads one message.
func receive(t testing.TB, conn *client.Conn) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, b, err := conn.Read(ctx)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return string(b)
}

// hearClose reads until the connection ends, and returns the server's close status.
func hearClose(t testing.TB, conn *client.Conn) client.CloseError {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for {
		_, _, err := conn.Read(ctx)
		if err == nil {
			continue
		}
		var closed client.CloseError
		if code := client.CloseStatus(err); code == -1 || !asClose(err, &closed) {
			t.Fatalf("connection ended without a close frame: %v", err)
		}
		return closed
	}
}

func say(t testing.TB, conn *client.Conn, message string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := conn.Write(ctx, client.MessageText, []byte(message)); err != nil {
		t.Fatalf("write: %v", err)
	}
}

func decode(t testing.TB, b []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("decode %q: %v", b, err)
	}
	return v
}

// rawDial upgrades a plain TCP connection.
func (s *stage) rawDial() (net.Conn, *bufio.Reader) {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.server.Listener.Addr().String())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(conn, "GET %s/prod HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", prefix)
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, nil)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		s.t.Fatalf("upgrade: %v %v", response, err)
	}
	if got := response.Header.Get("Sec-WebSocket-Accept"); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		s.t.Fatalf("Sec-WebSocket-Accept is %q", got) // the example of RFC 6455, section 1.3
	}
	return conn, reader
}
