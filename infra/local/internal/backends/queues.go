package backends

import (
	"context"
	_ "embed" // the peer's script
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

//go:embed scripts/fauxqs.mjs
var fauxqsScript string

// QueueOptions configure StartQueues.
type QueueOptions struct {
	// Root is the folder whose node_modules holds fauxqs (see FindRoot).
	Root string
	// PublicURL is the endpoint's base, for example http://127.0.0.1:4566. Queue URLs handed out start with it.
	PublicURL string
	// Account is that of the ARNs and queue URLs. Default: 000000000000.
	Account string
	// Dir keeps the messages over a restart, made if missing. Default: messages end with the peer.
	//
	// The peer writes them down when it stops, also when our process dies without a word, and once an Every while
	// queues change, less often when that takes long. Only the peer's own sudden death loses messages, those since the
	// last snapshot. They come back with
	// their ids, receive counts and due times when a queue of the same name is created; messages in flight come back
	// visible. The five-minute memory of deduplication ids in FIFO queues is lost.
	Dir string
	// Every is the time between two snapshots of changing queues. Default: 1 s.
	Every time.Duration
}

// StartQueues starts fauxqs, which serves SQS (AWS JSON protocol) and SNS. It returns once the peer answers, or with an error
// that wraps ErrNotInstalled or ErrNotReady and contains what the peer wrote.
func StartQueues(ctx context.Context, o QueueOptions) (*Peer, error) {
	if o.Account == "" {
		o.Account = "000000000000"
	}
	options := map[string]any{"publicURL": strings.TrimSuffix(o.PublicURL, "/"), "account": o.Account}
	if o.Dir != "" {
		if err := os.MkdirAll(o.Dir, 0o700); err != nil {
			return nil, fmt.Errorf("peers: start fauxqs: %w", err)
		}
		if o.Every <= 0 {
			o.Every = time.Second
		}
		options["snapshot"] = filepath.Join(o.Dir, "messages.json")
		options["every"] = o.Every.Milliseconds()
	}
	return startNode(ctx, "fauxqs", o.Root, fauxqsScript, "/health", options)
}
