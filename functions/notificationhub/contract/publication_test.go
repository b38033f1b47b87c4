package contract_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

func TestParsePublication(t *testing.T) {
	t.Parallel()
	t.Run("reads every field and ignores unknown ones", func(t *testing.T) {
		t.Parallel()
		p, err := contract.ParsePublication([]byte(" {\"id\":\"i\",\"user_id\":\"u\",\"room_id\":\"r\",\"to_user_id\":\"v\",\"data\":{\"a\":1},\"new\":true}\n"))
		if err != nil || p.ID != "i" || p.UserID != "u" || p.RoomID != "r" || p.ToUserID != "v" || string(p.Data) != `{"a":1}` {
			t.Errorf("got %+v, %v", p, err)
		}
	})
	for _, c := range []struct {
		name, body string
		is         error
		want       string
	}{
		{"nothing", ``, contract.ErrNotJSON, `body is not one JSON object: it starts with ""`},
		{"text", `hello`, contract.ErrNotJSON, `body is not one JSON object: it starts with "hello"`},
		{"null", `null`, contract.ErrNotJSON, `body is not one JSON object: it starts with "null"`},
		{"an array", `[{}]`, contract.ErrNotJSON, `body is not one JSON object: it starts with "[{}]"`},
		{"two objects", `{"room_id":"r"}{}`, contract.ErrNotJSON, `body is not one JSON object: invalid character '{' after top-level value`},
		{"a cut object", `{"room_id":"r"`, contract.ErrNotJSON, `body is not one JSON object: unexpected end of JSON input`},
		{"text that is not UTF-8", "{\"room_id\":\"\xff\"}", contract.ErrNotJSON, `body is not one JSON object: not valid UTF-8`},
		{"no room", `{"data":1}`, contract.ErrMissingField, `missing field: room_id`},
		{"an empty room", `{"room_id":""}`, contract.ErrMissingField, `missing field: room_id`},
		{"a numeric room", `{"room_id":7}`, contract.ErrInvalidField, `invalid field: room_id must be a string, not a number`},
		{"an array of rooms", `{"room_id":["r"]}`, contract.ErrInvalidField, `invalid field: room_id must be a string, not a array`},
		{"a numeric user", `{"room_id":"r","user_id":7}`, contract.ErrInvalidField, `invalid field: user_id must be a string, not a number`},
		{"a long room", `{"room_id":"` + strings.Repeat("r", 257) + `"}`, contract.ErrInvalidField, `invalid field: room_id has 257 bytes, at most 256 are allowed`},
		{"a long id", `{"room_id":"r","id":"` + strings.Repeat("r", 257) + `"}`, contract.ErrInvalidField, `invalid field: id has 257 bytes, at most 256 are allowed`},
		{"a long recipient", `{"room_id":"r","to_user_id":"` + strings.Repeat("r", 257) + `"}`, contract.ErrInvalidField, `invalid field: to_user_id has 257 bytes, at most 256 are allowed`},
		{"an unknown notice", `{"room_id":"r","notice":"dance"}`, contract.ErrInvalidField, `invalid field: notice is "dance", it must be "reconnect"`},
		{"a notice with data", `{"room_id":"r","notice":"reconnect","data":1}`, contract.ErrInvalidField, `invalid field: a notice has no data`},
		{"a notice of more than an hour", `{"room_id":"r","notice":"reconnect","within":3601}`, contract.ErrInvalidField, `invalid field: within is 3601, it must be 1 to 3600 seconds`},
		{"a notice within a word", `{"room_id":"r","notice":"reconnect","within":"1"}`, contract.ErrInvalidField, `invalid field: within must be a whole number, not a string`},
		{"a time without notice", `{"room_id":"r","within":1}`, contract.ErrInvalidField, `invalid field: within is 1 without a notice`},
		{"data over size as it is queued", `{"room_id":"r","data":"` + strings.Repeat("\uffff", 6*1024) + `"}`, contract.ErrTooLarge, `message is too large: its frame has 37900 bytes, at most 32000 are allowed`},
		{"data over size", `{"room_id":"r","data":"` + strings.Repeat("x", 32*1024) + `"}`, contract.ErrTooLarge, `message is too large: its frame has 33804 bytes, at most 32000 are allowed`},
	} {
		t.Run(c.name+" is refused", func(t *testing.T) {
			t.Parallel()
			if _, err := contract.ParsePublication([]byte(c.body)); !errors.Is(err, c.is) || err.Error() != c.want {
				t.Errorf("got %v", err)
			}
		})
	}
}

func FuzzParsePublication(f *testing.F) {
	f.Add([]byte(`{"user_id":"u","room_id":"r","data":{"type":"order"}}`))
	f.Add([]byte(`{"ROOM_ID":"r","room_id":null,"data":"\ud800"}`))
	f.Add([]byte(`{"room_id":"r","data":1e999}`))
	f.Add([]byte("{\"room_id\":\"r\",\"data\":\"\u2028<>\"}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := contract.ParsePublication(body)
		if err != nil {
			return
		}
		again, err := json.Marshal(p)
		if err != nil {
			t.Fatalf("what was accepted does not encode: %v", err)
		}
		q, err := contract.ParsePublication(again)
		if errors.Is(err, contract.ErrTooLarge) {
			return // json.Marshal escapes markup, which takes more room
		}
		if err != nil || q.RoomID != p.RoomID || q.UserID != p.UserID || q.ID != p.ID {
			t.Errorf("%s became %s: %v", body, again, err)
		}
	})
}
