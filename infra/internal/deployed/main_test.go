package deployed

import (
	"errors"
	"testing"
)

func TestAnErrorIsOneLine(t *testing.T) {
	t.Parallel()
	if got := oneLine(errors.Join(errors.New("first"), errors.New("second\r\nthird"))); got != "first; second; third" {
		t.Errorf("got %q", got)
	}
}
