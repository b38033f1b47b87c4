package ses

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// load reads the mails kept. A last line that a crash truncated is dropped; its send did not succeed.
func (b *Outbox) load() error {
	if b.file == "" {
		return nil
	}
	f, err := os.Open(b.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("ses: load: %w", err)
	}
	defer func() { _ = f.Close() }()
	r := bufio.NewReader(f)
	for {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("ses: load: %w", err)
		}
		var m Message
		if err := json.Unmarshal(line, &m); err != nil {
			return fmt.Errorf("ses: load: line %d of %s: %w", len(b.messages)+1, b.file, err)
		}
		b.messages = append(b.messages, m)
	}
}

// append writes a mail at the end of the file; the lock is held.
func (b *Outbox) append(m *Message) error {
	if b.file == "" {
		return nil
	}
	line, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("ses: append: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(b.file), 0o700); err != nil {
		return fmt.Errorf("ses: append: %w", err)
	}
	f, err := os.OpenFile(b.file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("ses: append: %w", err)
	}
	if _, err := f.Write(append(line, '\n')); err != nil {
		_ = f.Close()
		return fmt.Errorf("ses: append: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("ses: append: %w", err)
	}
	return nil
}

// Clear empties the outbox.
func (b *Outbox) Clear() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.messages = nil
	if b.file == "" {
		return nil
	}
	if err := os.Remove(b.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("ses: clear: %w", err)
	}
	return nil
}
