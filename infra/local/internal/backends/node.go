package backends

import (
	"bufio"
	"context"
	_ "embed" // the peers' scripts
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strconv"
	"time"
)

//go:embed scripts/lifecycle.mjs
var lifecycleScript string

// startDeadline bounds a peer's start: node takes 0.3 s, a busy machine several times that.
const startDeadline = 30 * time.Second

// A Peer is a running data service.
type Peer struct {
	*process
	// URL is its base, for example http://127.0.0.1:40123, without a slash at the end.
	URL string
}

// startNode runs script with node in root, so that its imports resolve in root's node_modules, and waits until it has
// reported its port and answers at the path health.
func startNode(ctx context.Context, name, root, script, health string, options any) (*Peer, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, fmt.Errorf("peers: start %s: node: %w: install Node.js 20 or newer", name, ErrNotInstalled)
	}
	arg, err := json.Marshal(options)
	if err != nil {
		return nil, fmt.Errorf("peers: start %s: %w", name, err)
	}
	// The child outlives the context of its start.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), node, "--input-type=module", "--eval", lifecycleScript+script, string(arg))
	cmd.Dir = root
	p, err := startProcess(name, cmd)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startDeadline)
	defer cancel()
	port, err := p.readPort(ctx)
	if err == nil {
		peer := &Peer{process: p, URL: "http://127.0.0.1:" + strconv.Itoa(port)}
		if err = peer.await(ctx, health); err == nil {
			return peer, nil
		}
	}
	_ = p.Stop()
	return nil, err
}

// readPort waits for the one line a script prints when it listens, {"port":N}, and leaves a reader behind that drains
// the rest and collects the child.
func (p *process) readPort(ctx context.Context) (int, error) {
	lines := make(chan []byte, 1)
	go func() {
		defer p.reap()
		r := bufio.NewReader(p.stdout)
		line, _ := r.ReadBytes('\n')
		lines <- line
		_, _ = io.Copy(io.Discard, r)
	}()
	select {
	case line := <-lines:
		var report struct{ Port int }
		if err := json.Unmarshal(line, &report); err != nil || report.Port == 0 {
			<-p.done // the text of its error is complete then
			return 0, p.notReady("it ended")
		}
		return report.Port, nil
	case <-ctx.Done():
		return 0, p.notReady("it did not report its port in time")
	}
}

// await polls path until the peer answers below 500.
func (p *Peer) await(ctx context.Context, path string) error {
	client := &http.Client{Timeout: 2 * time.Second}
	defer client.CloseIdleConnections()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if p.healthy(ctx, client, path) {
			return nil
		}
		select {
		case <-p.done:
			return p.notReady("it ended")
		case <-ctx.Done():
			return p.notReady("it did not answer " + p.URL + path + " in time")
		case <-tick.C:
		}
	}
}

func (p *Peer) healthy(ctx context.Context, client *http.Client, path string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+path, nil)
	if err != nil {
		return false
	}
	res, err := client.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode < http.StatusInternalServerError
}

// Healthy reports whether the peer runs and answers within ctx's deadline.
func (p *Peer) Healthy(ctx context.Context) bool {
	select {
	case <-p.done:
		return false
	default:
	}
	return p.healthy(ctx, http.DefaultClient, "/health")
}
