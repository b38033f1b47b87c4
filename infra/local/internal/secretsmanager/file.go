package secretsmanager

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// load reads the file, if there is one.
func (s *Store) load() error {
	if s.file == "" {
		return nil
	}
	text, err := os.ReadFile(s.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("secretsmanager: load: %w", err)
	}
	if err := json.Unmarshal(text, &s.secrets); err != nil {
		// The decoder's message could contain a value.
		return fmt.Errorf("secretsmanager: load: %s is not a file of secrets", s.file)
	}
	return nil
}

// save writes a new file and renames it, so that a crash leaves the old or the new one. The lock is held.
func (s *Store) save() error {
	if s.file == "" {
		return nil
	}
	text, err := json.Marshal(s.secrets)
	if err != nil {
		return errors.New("secretsmanager: save: a secret cannot be written as JSON")
	}
	if err := os.MkdirAll(filepath.Dir(s.file), 0o700); err != nil {
		return fmt.Errorf("secretsmanager: save: %w", err)
	}
	if err := os.WriteFile(s.file+".new", text, 0o600); err != nil {
		return fmt.Errorf("secretsmanager: save: %w", err)
	}
	if err := os.Rename(s.file+".new", s.file); err != nil {
		return fmt.Errorf("secretsmanager: save: %w", err)
	}
	return nil
}
