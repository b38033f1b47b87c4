package stage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"golang.org/x/sync/errgroup"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway"
	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/websocket"
	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
	"github.com/hermes-cdk/hermes/infra/local/internal/backends"
	"github.com/hermes-cdk/hermes/infra/local/internal/cloudwatch"
	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint"
	"github.com/hermes-cdk/hermes/infra/local/internal/eventbridge"
	"github.com/hermes-cdk/hermes/infra/local/internal/eventsource"
	"github.com/hermes-cdk/hermes/infra/local/internal/faultinjection"
	"github.com/hermes-cdk/hermes/infra/local/internal/iam"
	"github.com/hermes-cdk/hermes/infra/local/internal/lambda"
	"github.com/hermes-cdk/hermes/infra/local/internal/meter"
	"github.com/hermes-cdk/hermes/infra/local/internal/provision"
	"github.com/hermes-cdk/hermes/infra/local/internal/secretsmanager"
	"github.com/hermes-cdk/hermes/infra/local/internal/ses"
	"github.com/hermes-cdk/hermes/infra/local/internal/sns"
	"github.com/hermes-cdk/hermes/infra/local/internal/ttl"
)

// A Stage is a running cloud assembly. Create it with Start, end it with Stop.
type Stage struct {
	options Options
	log     *slog.Logger
	url     string // http://127.0.0.1:port
	state   string // folder of the state; a temporary one when ephemeral

	listener net.Listener
	roots    []*os.Root // of the sites
	server   *http.Server
	ready    atomic.Bool

	environment assembly.Environment
	resources   *provision.Resources
	engine      *iam.Engine
	meter       *meter.Meter
	faults      faultinjection.Injector
	front       *endpoint.Front

	transport                  *http.Transport // of the endpoint, to the data services
	dynamo, queuePeer, storage *backends.Peer  // storage is nil without buckets

	secrets     *secretsmanager.Store
	mails       *ses.Outbox
	permissions http.Handler // /_local/permissions
	notifier    *sns.Notifier
	queues      *sqs.Client // as the administrator

	functions *lambda.Supervisor
	logGroups logGroups
	recursion counter // invocations that recursive-loop detection dropped, by function
	journal   journal
	// constructs are the functions' construct paths below the stack, by function name.
	constructs map[string]string
	gateway    *apigateway.Gateway
	sockets    []*websocket.API
	sources    []*eventsource.EventSource
	bus        *eventbridge.Bus
	hearing    atomic.Bool // the bus has every rule
	alarms     *cloudwatch.Board
	unwatch    context.CancelFunc // ends watchQueues
	sweeper    *ttl.Sweeper
}

// Start runs a cloud assembly and returns once everything is ready. When it fails it stops what it started; the error says in
// one sentence what to do.
func Start(ctx context.Context, o Options) (*Stage, error) {
	s := &Stage{options: o, log: o.Logger, state: o.Data, listener: o.Listener, url: "http://" + o.Listener.Addr().String()}
	if s.log == nil {
		s.log = slog.Default()
	}
	if err := s.start(ctx); err != nil {
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
		defer cancel()
		return nil, errors.Join(err, s.Stop(stopping))
	}
	return s, nil
}

// stopWithin bounds the stop of a stage that did not start.
const stopWithin = 10 * time.Second

func (s *Stage) start(ctx context.Context) error {
	if s.options.Ephemeral {
		dir, err := os.MkdirTemp("", "local-stage-")
		if err != nil {
			return err
		}
		s.state = dir
	}
	if err := os.MkdirAll(s.state, 0o700); err != nil {
		return err
	}
	read, err := assembly.LoadStacks(s.options.Assembly, s.options.Stacks, s.options.Beside...)
	if err != nil {
		return err
	}
	s.environment = read.Environment
	if err := s.plan(ctx, read); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{s.startPeers, s.makeFront, s.create} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	for _, step := range []func() error{s.startFunctions, s.startAPIs} {
		if err := step(); err != nil {
			return err
		}
	}
	if err := s.serve(); err != nil {
		return err
	}
	if err := s.subscribe(ctx); err != nil {
		return err
	}
	if err := s.startSources(); err != nil {
		return err
	}
	watching, unwatch := context.WithCancel(context.WithoutCancel(ctx))
	s.unwatch = unwatch
	go s.watchQueues(watching)
	s.ready.Store(true)
	return nil
}

// Listen listens on a port of 127.0.0.1 for Options.Listener; 0 is a free one. Call it before anything slow, so that a port
// in use is reported at once.
func Listen(ctx context.Context, port int) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		return nil, fmt.Errorf("port %d is not free: stop what uses it, or choose another with -port N (%w)", port, err)
	}
	return listener, nil
}

// serve starts the HTTP server.
func (s *Stage) serve() error {
	controls := s.serveControl()
	sites, err := s.serveSites()
	if err != nil {
		return err
	}
	s.server = &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch path := r.URL.Path; {
			case strings.HasPrefix(path, apigateway.Prefix):
				s.gateway.ServeHTTP(w, r)
			case strings.HasPrefix(path, control):
				controls.ServeHTTP(w, r)
			default:
				if _, pattern := sites.Handler(r); pattern != "" {
					sites.ServeHTTP(w, r)
					return
				}
				s.front.ServeHTTP(w, r)
			}
		}),
	}
	go func() {
		if err := s.server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("the endpoint ended", "error", err)
		}
	}()
	return nil
}

// URL is the endpoint, e.g. http://127.0.0.1:4566.
func (s *Stage) URL() string { return s.url }

// Region is where the stacks are deployed to.
func (s *Stage) Region() string { return s.environment.Region }

// Outputs are the outputs by stack and name.
func (s *Stage) Outputs() map[string]map[string]string { return s.resources.Outputs }

// Confirmed lists the SES identities of the template that are verified.
func (s *Stage) Confirmed() []string {
	var names []string
	for _, identity := range s.mails.Identities() {
		if identity.Verified {
			names = append(names, identity.Name)
		}
	}
	return names
}

// NotRun lists the resources that are accepted and not run, with the reason.
func (s *Stage) NotRun() []provision.Inert { return s.resources.Inert }

// Stop ends everything in an order that loses nothing: event sources, connections with their $disconnect, functions, then the
// data services, which write their state.
func (s *Stage) Stop(ctx context.Context) error {
	s.ready.Store(false)
	var faulty []error
	note := func(err error) { faulty = append(faulty, err) }
	if s.unwatch != nil {
		s.unwatch()
	}
	if s.bus != nil {
		s.bus.Stop()
	}
	if s.sweeper != nil {
		s.sweeper.Stop()
	}
	note(s.stopSources(ctx))
	if s.gateway != nil {
		note(s.gateway.Drain(ctx))
	}
	if s.functions != nil {
		s.functions.Stop()
	}
	if s.notifier != nil {
		note(s.notifier.Close())
	}
	if s.server != nil {
		note(s.server.Close())
	} else if s.listener != nil {
		note(s.listener.Close())
	}
	for _, root := range s.roots {
		note(root.Close())
	}
	if s.transport != nil {
		s.transport.CloseIdleConnections() // a stopping peer waits for them
	}
	for _, peer := range s.peers() {
		note(peer.Stop())
	}
	if s.options.Ephemeral && s.state != s.options.Data {
		note(os.RemoveAll(s.state))
	}
	return errors.Join(faulty...)
}

// stopSources stops the event sources concurrently: each may have to wait for a batch.
func (s *Stage) stopSources(ctx context.Context) error {
	var stopping errgroup.Group
	for _, source := range s.sources {
		stopping.Go(func() error { return source.Stop(ctx) })
	}
	return stopping.Wait()
}

// peers are the running data services, by name.
func (s *Stage) peers() map[string]*backends.Peer {
	running := map[string]*backends.Peer{}
	for name, peer := range map[string]*backends.Peer{"dynamodb": s.dynamo, "sqs-sns": s.queuePeer, "s3": s.storage} {
		if peer != nil {
			running[name] = peer
		}
	}
	return running
}

func (s *Stage) path(name string) string { return filepath.Join(s.state, name) }
