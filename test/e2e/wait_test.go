package e2e

import (
	"errors"
	"testing"
	"time"
)

// errGivenUp is an error after which waiting is vain.
type errGivenUp struct{ error }

// poll asks until there is no error, and returns the last one when time is up.
func poll(within time.Duration, ask func() error) error {
	deadline := time.After(within)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		err := ask()
		if err == nil || errors.As(err, &errGivenUp{}) {
			return err
		}
		select {
		case <-again.C:
		case <-deadline:
			return err
		}
	}
}

// eventually fails the test when there is still an error after patience.
func eventually(t *testing.T, ask func() error) {
	t.Helper()
	if err := poll(patience, ask); err != nil {
		t.Fatalf("after %v: %v", patience, err)
	}
}
