package e2e

import (
	"bytes"
	"sync"
)

// A transcript collects what a program prints, while others read it.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// tail is the end of a long transcript.
func (t *transcript) tail() string {
	const most = 8 << 10
	text := t.String()
	return text[max(0, len(text)-most):]
}
