package lambda

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/hermes-cdk/hermes/infra/local/internal/lineage"
)

// A Supervisor runs functions. Create it with New and end it with Stop.
type Supervisor struct {
	cfg         Config
	scratchRoot string
	forker      *forker
	guard       orphanGuard
	limits      *concurrency
	pool        *pool

	ctx    context.Context // ends at Stop
	cancel context.CancelFunc
	work   sync.WaitGroup // invocations, retries and the reaper

	mu      sync.RWMutex
	entries map[string]*entry
	stopped bool
}

// An entry is a registration. A function that is registered again gets a new one.
type entry struct {
	function Function
	codeDir  string
	replaced atomic.Bool
}

// New starts a supervisor without functions.
func New(cfg Config) (*Supervisor, error) {
	if cfg.WorkDir == "" {
		return nil, fmt.Errorf("lambda: new supervisor: no WorkDir")
	}
	workDir, err := filepath.Abs(cfg.WorkDir)
	if err != nil {
		return nil, fmt.Errorf("lambda: new supervisor: %w", err)
	}
	cfg.WorkDir = workDir
	scratch := filepath.Join(workDir, "scratch")
	if err := os.RemoveAll(scratch); err != nil {
		return nil, fmt.Errorf("lambda: new supervisor: empty scratch folder: %w", err)
	}
	guard, err := newOrphanGuard()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Supervisor{
		cfg: cfg.withDefaults(), scratchRoot: scratch, forker: newForker(), guard: guard,
		ctx: ctx, cancel: cancel, entries: map[string]*entry{},
	}
	s.limits = newConcurrency(s.cfg.AccountConcurrency)
	s.pool = newPool(s.cfg.MaxInstances, s.cfg.MaxInstancesPerFunction)
	s.work.Go(s.reap)
	return s, nil
}

// Register makes f invocable, or replaces the function of its name: its idle instances end, busy ones end with their invocation.
// Errors wrap ErrInvalidFunction where AWS would refuse the function.
func (s *Supervisor) Register(f Function) error {
	f = f.withDefaults()
	if err := f.validate(); err != nil {
		return fmt.Errorf("lambda: register: %w", err)
	}
	codeDir, err := installCode(filepath.Join(s.cfg.WorkDir, "code"), f.Name, f.CodeDir)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.entries[f.Name]; old != nil {
		old.replaced.Store(true)
		defer s.pool.retire(old)
	}
	s.entries[f.Name] = &entry{function: f, codeDir: codeDir}
	s.limits.reserve(f.Name, f.ReservedConcurrency)
	return nil
}

// lookup finds a function by name or ARN.
func (s *Supervisor) lookup(function string) (*entry, string, error) {
	n, err := parseName(function)
	if err != nil {
		return nil, "", err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.stopped {
		return nil, "", ErrStopped
	}
	e := s.entries[n.function]
	if e == nil || !e.function.hasQualifier(n.qualifier) || n.region != "" && n.region != e.function.region() {
		return nil, "", fmt.Errorf("%w: %s", ErrNotFound, function)
	}
	return e, n.qualifier, nil
}

// Invoke runs function (a name or ARN, optionally with :version or :alias) with a JSON payload; an empty one means {}.
//
// An error of the function is not an error of Invoke: see Result.FunctionError. Errors are ErrNotFound, ErrThrottled,
// ErrRequestTooLarge, ErrInvalidRequest, ErrRecursive, ErrInjected, ErrStopped, or that of ctx; the function goes on when ctx ends, as on
// AWS.
func (s *Supervisor) Invoke(ctx context.Context, function string, payload []byte) (Result, error) {
	e, qualifier, err := s.lookup(function)
	if err != nil {
		return Result{}, fmt.Errorf("lambda: invoke: %w", err)
	}
	if payload, err = checkPayload(payload, MaxRequestBytes); err != nil {
		return Result{}, fmt.Errorf("lambda: invoke %s: %w", e.function.Name, err)
	}
	return s.invoke(ctx, e, newInvocation(e.function, qualifier, payload, s.cfg.Clock.Now(), lineage.FromContext(ctx)))
}

// checkPayload refuses what AWS refuses, and replaces an empty payload by an empty object.
func checkPayload(payload []byte, limit int) ([]byte, error) {
	if len(payload) > limit {
		return nil, fmt.Errorf("%w: %d bytes, request must be smaller than %d bytes for the InvokeFunction operation", ErrRequestTooLarge, len(payload), limit)
	}
	if len(payload) == 0 {
		return []byte("{}"), nil
	}
	if !json.Valid(payload) {
		return nil, fmt.Errorf("%w: it starts with %.20q", ErrInvalidRequest, payload)
	}
	return payload, nil
}

// invoke attempts inv and notifies the observer.
func (s *Supervisor) invoke(ctx context.Context, e *entry, inv *invocation) (Result, error) {
	result, err := s.attempt(ctx, e, inv)
	if s.cfg.Observe != nil {
		s.cfg.Observe(e.function.Name, result, err)
	}
	return result, err
}

// maxRecursion is how often one event may invoke the same function, with RecursiveLoop Terminate.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
const maxRecursion = 16

// attempt applies faults and limits and runs inv to its end, or until ctx ends.
func (s *Supervisor) attempt(ctx context.Context, e *entry, inv *invocation) (Result, error) {
	if !e.function.AllowRecursion && inv.chain.Count(e.function.Name) >= maxRecursion {
		return Result{}, fmt.Errorf("lambda: invoke %s: %w", e.function.Name, ErrRecursive)
	}
	inv.injected = s.cfg.Faults(e.function.Name)
	if inv.injected.Delay > 0 {
		select {
		case <-s.cfg.Clock.After(inv.injected.Delay):
		case <-ctx.Done():
			return Result{}, fmt.Errorf("lambda: invoke %s: %w", e.function.Name, ctx.Err())
		case <-s.ctx.Done():
			return Result{}, fmt.Errorf("lambda: invoke %s: %w", e.function.Name, ErrStopped)
		}
	}
	if inv.injected.Throttle {
		return Result{}, &ThrottledError{Function: e.function.Name, Reason: ReasonCaller}
	}
	if inv.injected.Error {
		return Result{}, fmt.Errorf("lambda: invoke %s: %w", e.function.Name, ErrInjected)
	}
	leave, err := s.limits.enter(e.function.Name)
	if err != nil {
		return Result{}, err
	}
	done := make(chan Result, 1)
	failed := make(chan error, 1)
	if !s.spawn(func() {
		result, err := s.run(e, inv)
		leave() // before the caller is notified, so that its next invocation is not throttled by this one
		if err != nil {
			failed <- err
			return
		}
		done <- result
	}) {
		leave()
		return Result{}, fmt.Errorf("lambda: invoke %s: %w", e.function.Name, ErrStopped)
	}
	select {
	case result := <-done:
		return result, nil
	case err := <-failed:
		return Result{}, fmt.Errorf("lambda: invoke %s: %w", e.function.Name, err)
	case <-ctx.Done():
		return Result{}, fmt.Errorf("lambda: invoke %s: %w", e.function.Name, ctx.Err())
	}
}

// spawn runs work in the background, unless the supervisor is stopped.
func (s *Supervisor) spawn(work func()) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.stopped {
		return false
	}
	s.work.Go(work)
	return true
}

// reap ends idle instances periodically.
func (s *Supervisor) reap() {
	for {
		select {
		case <-s.cfg.Clock.After(s.cfg.IdleTimeout / 5):
			s.pool.reap(s.cfg.Clock.Now().Add(-s.cfg.IdleTimeout))
		case <-s.ctx.Done():
			return
		}
	}
}

// Kill ends the processes of function, or of every function with "", as a crash would, and returns how many.
func (s *Supervisor) Kill(function string) int { return s.pool.kill(function) }

// Instances counts the processes of each function that has any.
func (s *Supervisor) Instances() map[string]InstanceCount { return s.pool.count() }

// Functions lists the registered functions in the order of their names.
func (s *Supervisor) Functions() []Function {
	s.mu.RLock()
	defer s.mu.RUnlock()
	functions := make([]Function, 0, len(s.entries))
	for _, e := range s.entries {
		functions = append(functions, e.function)
	}
	slices.SortFunc(functions, func(a, b Function) int { return strings.Compare(a.Name, b.Name) })
	return functions
}

// Stop ends every process, drops events that wait for a retry and waits until all has ended. Invocations in progress fail.
func (s *Supervisor) Stop() {
	s.mu.Lock()
	if s.stopped {
		s.mu.Unlock()
		return
	}
	s.stopped = true
	s.mu.Unlock()
	s.cancel()
	s.pool.stop()
	s.work.Wait()
	s.pool.destroys.Wait()
	s.forker.stop()
	_ = s.guard.Close()
	_ = os.RemoveAll(s.scratchRoot) // emptied again at the next start
}
