package plainjson_test

import (
	"encoding/json"
	"testing"

	"github.com/hermes-cdk/hermes/functions/internal/plainjson"
)

func TestMarshal(t *testing.T) {
	t.Parallel()
	t.Run("leaves markup as it is", func(t *testing.T) {
		t.Parallel()
		got, err := plainjson.Marshal(map[string]any{"a": "<b>&</b>", "raw": json.RawMessage(`"<i>"`)})
		if err != nil || string(got) != `{"a":"<b>&</b>","raw":"<i>"}` {
			t.Errorf("got %s, %v", got, err)
		}
	})
	t.Run("names the type that cannot be marshaled", func(t *testing.T) {
		t.Parallel()
		_, err := plainjson.Marshal(func() {})
		if err == nil || err.Error() != "plainjson: marshal func(): json: unsupported type: func()" {
			t.Errorf("got %v", err)
		}
	})
}
