package provision

import (
	"encoding/json"
	"strings"
)

// decodeObject decodes an object, or its JSON, into a T; nil into the zero T.
func decodeObject[T any](path string, v any) (T, error) {
	var out T
	if v == nil {
		return out, nil
	}
	if text, ok := v.(string); ok {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		v = nil
		if err := d.Decode(&v); err != nil {
			return out, invalid("%s is not JSON: %v", path, err)
		}
	}
	return out, decode(path, v, &out)
}

// jsonText returns the JSON of a property that may be an object or JSON already; "" for nil.
func jsonText(path string, v any) (string, error) {
	if v == nil {
		return "", nil
	}
	if text, ok := v.(string); ok {
		if !json.Valid([]byte(text)) {
			return "", invalid("%s is not JSON", path)
		}
		return text, nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return "", invalid("%s: %v", path, err)
	}
	return string(text), nil
}
