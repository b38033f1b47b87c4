package lambda

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/uuid"
)

// A runtimeAPI is the Lambda Runtime API of one instance, on its own listener: AWS_LAMBDA_RUNTIME_API holds host and port
// only, and though aws-lambda-go would take a path after them, other runtimes parse it.
//
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
type runtimeAPI struct {
	address string
	server  *http.Server
	served  chan struct{}

	next      chan *invocation // the invocation for the pending call of next
	ready     chan struct{}    // closed at the first call of next
	closing   chan struct{}
	initError chan []byte // receives the body of the first init error

	mu       sync.Mutex
	flusher  func()      // emits the output that was written before a call
	current  *invocation // passed to the runtime, not finished
	answered bool        // whether current was answered
}

func startRuntimeAPI(logger *slog.Logger) (*runtimeAPI, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("lambda: listen for the Runtime API: %w", err)
	}
	a := &runtimeAPI{
		address:   listener.Addr().String(),
		served:    make(chan struct{}),
		next:      make(chan *invocation, 1),
		ready:     make(chan struct{}),
		closing:   make(chan struct{}),
		initError: make(chan []byte, 1),
	}
	a.server = &http.Server{
		Handler:           a.routes(),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelDebug), // a killed runtime breaks its connections
	}
	go func() {
		defer close(a.served)
		_ = a.server.Serve(listener)
	}()
	return a, nil
}

func (a *runtimeAPI) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", a.handleNext)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", a.handleResponse)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", a.handleError)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", a.handleInitError)
	mux.HandleFunc("POST /2020-01-01/extension/register", a.handleRegister)
	mux.HandleFunc("GET /2020-01-01/extension/event/next", a.handleExtensionNext)
	return mux
}

func (a *runtimeAPI) close() {
	close(a.closing)
	_ = a.server.Close()
	<-a.served
}

// handleNext finishes the current invocation and waits for another.
func (a *runtimeAPI) handleNext(w http.ResponseWriter, r *http.Request) {
	a.flush()
	if !a.finish() {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "Runtime has not answered the current invocation")
		return
	}
	select {
	case inv := <-a.next:
		a.give(w, inv)
	case <-a.closing:
	case <-r.Context().Done():
	}
}

// setFlush sets a function that is called before a call of the runtime takes effect.
func (a *runtimeAPI) setFlush(flush func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.flusher = flush
}

func (a *runtimeAPI) flush() {
	a.mu.Lock()
	flush := a.flusher
	a.mu.Unlock()
	if flush != nil {
		flush()
	}
}

// finish ends the current invocation, or the init phase. It returns false when the runtime has not answered.
func (a *runtimeAPI) finish() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.current == nil:
		select {
		case <-a.ready:
		default:
			close(a.ready)
		}
	case !a.answered:
		return false
	default:
		close(a.current.finished)
		a.current = nil
	}
	return true
}

func (a *runtimeAPI) give(w http.ResponseWriter, inv *invocation) {
	a.mu.Lock()
	a.current, a.answered = inv, false
	a.mu.Unlock()
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Lambda-Runtime-Aws-Request-Id", inv.requestID)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(inv.deadline.UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", inv.arn)
	h.Set("Lambda-Runtime-Trace-Id", inv.trace)
	h.Set("Content-Length", strconv.Itoa(len(inv.payload)))
	_, _ = w.Write(inv.payload)
}

func (a *runtimeAPI) handleResponse(w http.ResponseWriter, r *http.Request) {
	body, tooLarge := readBody(r)
	ans := answer{payload: body}
	if tooLarge {
		ans = answer{payload: tooLargeError().json(), failed: true}
	} else if failure := trailerError(r.Trailer); failure != nil {
		ans = answer{payload: failure, failed: true}
	}
	if !a.answer(w, r.PathValue("id"), ans) {
		return
	}
	if tooLarge {
		refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge",
			fmt.Sprintf("Exceeded maximum allowed payload size (%d bytes).", MaxResponseBytes))
		return
	}
	accept(w)
}

// trailerError reads the error in the trailer of a streamed response.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
func trailerError(trailer http.Header) []byte {
	kind := trailer.Get("Lambda-Runtime-Function-Error-Type")
	if kind == "" {
		return nil
	}
	if body, err := base64.StdEncoding.DecodeString(trailer.Get("Lambda-Runtime-Function-Error-Body")); err == nil && json.Valid(body) {
		return body
	}
	return functionError{Type: kind}.json()
}

func (a *runtimeAPI) handleError(w http.ResponseWriter, r *http.Request) {
	if a.answer(w, r.PathValue("id"), answer{payload: readError(r), failed: true}) {
		accept(w)
	}
}

func (a *runtimeAPI) handleInitError(w http.ResponseWriter, r *http.Request) {
	body := readError(r)
	select {
	case <-a.ready:
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "Runtime is past its init phase")
		return
	default:
	}
	select {
	case a.initError <- body:
	default: // only the first one counts
	}
	accept(w)
}

// answer records ans for the current invocation; false for another invocation, or a second answer.
func (a *runtimeAPI) answer(w http.ResponseWriter, id string, ans answer) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.current == nil || a.current.requestID != id {
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
		return false
	}
	if a.answered {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "Runtime has answered this invocation before")
		return false
	}
	a.answered = true
	a.current.answered <- ans
	return true
}

// handleRegister accepts an internal extension without events, which a runtime registers in order to be sent SIGTERM. It is
// not sent here.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
func (a *runtimeAPI) handleRegister(w http.ResponseWriter, r *http.Request) {
	var request struct {
		Events []string `json:"events"`
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, MaxRequestBytes)).Decode(&request); err != nil || len(request.Events) > 0 {
		refuse(w, http.StatusForbidden, "Extension.NotSupported", "extensions that receive events are not supported")
		return
	}
	w.Header().Set("Lambda-Extension-Identifier", uuid.New())
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{}`)
}

// handleExtensionNext never responds: no extension here has registered for an event.
func (a *runtimeAPI) handleExtensionNext(_ http.ResponseWriter, r *http.Request) {
	select {
	case <-a.closing:
	case <-r.Context().Done():
	}
}

// readBody reads at most the allowed size and drops the rest.
func readBody(r *http.Request) (body []byte, tooLarge bool) {
	body, _ = io.ReadAll(io.LimitReader(r.Body, MaxResponseBytes+1)) // the exit reports an instance that dies while posting
	if len(body) > MaxResponseBytes {
		_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, 64*MaxResponseBytes)) // a client that is cut off reports a broken pipe
		return nil, true
	}
	return body, false
}

// readError returns the body of an error, or builds one from the header when there is no JSON.
func readError(r *http.Request) []byte {
	body, tooLarge := readBody(r)
	if !tooLarge && json.Valid(body) {
		return body
	}
	kind := r.Header.Get("Lambda-Runtime-Function-Error-Type")
	if kind == "" {
		kind = typeUnknown
	}
	return functionError{Type: kind}.json()
}

func accept(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, `{"status":"OK"}`+"\n")
}

func refuse(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(functionError{Type: kind, Message: message}.json())
}
