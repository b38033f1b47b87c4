package hub

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// EncodeJSON marshals v without escaping <, > and &: escaped they take six bytes each, and a message that was within
// the frame limit when it was accepted would no longer fit when it is sent.
func EncodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("hub: encode %T: %w", v, err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
