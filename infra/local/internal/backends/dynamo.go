package backends

import (
	"context"
	_ "embed" // the peer's script
	"fmt"
	"os"
)

//go:embed scripts/dynalite.mjs
var dynaliteScript string

// DynamoOptions configure StartDynamo.
type DynamoOptions struct {
	// Root is the folder whose node_modules holds dynalite (see FindRoot).
	Root string
	// Dir keeps the tables, made if missing. Default: in memory.
	Dir string
}

// StartDynamo starts dynalite. A new table is CREATING for a moment: wait until DescribeTable says ACTIVE. It returns once
// the peer answers, or with an error that wraps ErrNotInstalled or ErrNotReady and contains what the peer wrote.
func StartDynamo(ctx context.Context, o DynamoOptions) (*Peer, error) {
	if o.Dir != "" {
		if err := os.MkdirAll(o.Dir, 0o700); err != nil {
			return nil, fmt.Errorf("peers: start dynalite: %w", err)
		}
	}
	return startNode(ctx, "dynalite", o.Root, dynaliteScript, "/", map[string]any{"path": o.Dir})
}
