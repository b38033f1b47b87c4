package e2e

import (
	"path/filepath"
	"sync"
	"testing"
)

// assembly is what the shared stage synthesized. Other stages run it too, which saves them the synthesis.
var assembly string

// sharedHub is the hub of the one stage that all tests share. It starts as make run does.
var sharedHub = sync.OnceValues(func() (*hub, error) {
	data := filepath.Join(folder, "shared")
	s, err := boot(data, "-ephemeral", "-port", "0")
	if err != nil {
		return nil, err
	}
	assembly = filepath.Join(data, "cdk.out")
	running = s
	return newHub(s)
})

// running is the shared stage, nil unless a test has asked for it.
var running *stage

// shared gives the hub that all tests share. They must leave it as it was, and keep to rooms of their own.
func shared(t *testing.T) *hub {
	t.Helper()
	h, err := sharedHub()
	if err != nil {
		t.Fatal(err)
	}
	return h
}
