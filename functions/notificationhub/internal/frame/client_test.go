package frame_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/frame"
)

var testTime = time.UnixMilli(1_700_000_000_000)

func TestParse(t *testing.T) {
	t.Parallel()
	t.Run("reads every field", func(t *testing.T) {
		t.Parallel()
		c, err := frame.Parse([]byte(` {"action":"a","ref":"1","room_id":"r","id":"i","data":{"x":1},"epoch":"e","after":12,"new":true}`))
		if err != nil || c.Action != "a" || c.Ref != "1" || c.RoomID != "r" || c.ID != "i" || string(c.Data) != `{"x":1}` || c.Epoch != "e" || c.After != 12 {
			t.Errorf("got %+v, %v", c, err)
		}
	})
	for _, c := range []struct {
		name, body string
		is         error
		message    string
		ref        string
	}{
		{"text is not JSON", `hello`, frame.ErrNotJSON, "frame is not one JSON object", ""},
		{"nothing is not JSON", ``, frame.ErrNotJSON, "frame is not one JSON object", ""},
		{"an array is not an object", `[]`, frame.ErrNotJSON, "frame is not one JSON object", ""},
		{"a cut object is refused", `{"ref":"1"`, frame.ErrNotJSON, "frame is not one JSON object", ""},
		{"text that is not UTF-8 is refused", "{\"data\":\"\xff\"}", frame.ErrNotJSON, "frame is not one JSON object", ""},
		{"two objects are refused", `{} {}`, frame.ErrNotJSON, "frame is not one JSON object", ""},
		{"a numeric room is named, and the ref kept", `{"ref":"1","room_id":5}`, frame.ErrInvalidField, "invalid field: room_id must not be a number", "1"},
		{"a fractional seq is named", `{"after":1.5}`, frame.ErrInvalidField, "invalid field: after must not be a number 1.5", ""},
		{"a negative seq is named", `{"after":-1,"ref":"1"}`, frame.ErrInvalidField, "invalid field: after is -1, it must not be negative", "1"},
		{"a long room is refused", `{"room_id":"` + strings.Repeat("x", 257) + `"}`, frame.ErrInvalidField, "invalid field: room_id has 257 bytes, at most 256 are allowed", ""},
		{"a long ref is refused and not repeated", `{"ref":"` + strings.Repeat("x", 65) + `"}`, frame.ErrInvalidField, "invalid field: ref has 65 bytes, at most 64 are allowed", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := frame.Parse([]byte(c.body))
			if !errors.Is(err, c.is) || err.Error() != c.message || got.Ref != c.ref {
				t.Errorf("got ref %q, %v", got.Ref, err)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"action":"sendMessage","ref":"1","data":{"type":"chat"}}`))
	f.Add([]byte(`{"action":"history","epoch":"e","after":12}`))
	f.Add([]byte(`{"action":7}`))
	f.Add([]byte("{\"ref\":\"\xff\"}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		c, err := frame.Parse(body)
		if len(c.Ref) > contract.MaxRefBytes {
			t.Errorf("a ref of %d bytes would be repeated", len(c.Ref))
		}
		if !json.Valid(frame.Error(c.Ref, frame.CodeBadRequest, "m")) {
			t.Errorf("the error frame for ref %q is not JSON", c.Ref)
		}
		if err == nil && (len(c.RoomID) > contract.MaxNameBytes || len(c.ID) > contract.MaxNameBytes || c.After < 0) {
			t.Errorf("accepted %+v", c)
		}
	})
}
