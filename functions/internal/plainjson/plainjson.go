// Package plainjson marshals JSON without escaping markup.
package plainjson

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Marshal marshals v without escaping <, > and &. Escaped, they take six bytes each, and a message that was within the
// frame limit when it was accepted would no longer fit when it is sent.
func Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("plainjson: marshal %T: %w", v, err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
