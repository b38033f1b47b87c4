package client

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

func TestMessageBody(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		m    Message
		want string
	}{
		{"has null for no data", Message{RoomID: "r"}, `{"room_id":"r","data":null}`},
		{"has every field", Message{"i", "u", "r", "t", true}, `{"id":"i","user_id":"u","room_id":"r","to_user_id":"t","data":true}`},
		{"takes raw JSON as it is", Message{RoomID: "r", Data: json.RawMessage(`{"a":"<&>"}`)}, `{"room_id":"r","data":{"a":"<&>"}}`},
		{"does not swell HTML", Message{RoomID: "r", Data: "<&>"}, `{"room_id":"r","data":"<&>"}`},
		{"spells what SQS does not take", Message{RoomID: "r\uffff", Data: "a\x00\ufffeb"}, `{"room_id":"r\uffff","data":"a\u0000\ufffeb"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, err := tt.m.body(); err != nil || got != tt.want {
				t.Errorf("gave %s, %v\nwant %s", got, err, tt.want)
			}
		})
	}
}

func TestMessageThatTheHubWouldRefuse(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 257)
	large := contract.Publication{RoomID: "r", Data: json.RawMessage(`"` + strings.Repeat("x", 32*1024) + `"`)}.Validate()
	tests := []struct {
		name string
		m    Message
		want error
		text string
	}{
		{"no room", Message{}, ErrMissingField, `field room_id (""): missing field`},
		{
			"a long room",
			Message{RoomID: long},
			ErrInvalidField,
			`field room_id ("` + long[:64] + `..."): invalid field: room_id has 257 bytes, at most 256 are allowed`,
		},
		{
			"a long user",
			Message{RoomID: "r", UserID: long},
			ErrInvalidField,
			`field user_id ("` + long[:64] + `..."): invalid field: user_id has 257 bytes, at most 256 are allowed`,
		},
		{
			"a long addressee",
			Message{RoomID: "r", ToUserID: long},
			ErrInvalidField,
			`field to_user_id ("` + long[:64] + `..."): invalid field: to_user_id has 257 bytes, at most 256 are allowed`,
		},
		{
			"a long id",
			Message{RoomID: "r", ID: long},
			ErrInvalidField,
			`field id ("` + long[:64] + `..."): invalid field: id has 257 bytes, at most 256 are allowed`,
		},
		{
			"a user that is not UTF-8",
			Message{RoomID: "r", UserID: "a\xff"},
			ErrInvalidField,
			`field user_id ("a\xff"): invalid field: user_id "a\xff" is not valid UTF-8`,
		},
		{
			"data that has no JSON",
			Message{RoomID: "r", Data: math.Inf(1)},
			ErrInvalidField,
			`field data ("float64"): invalid field: json: unsupported value: +Inf`,
		},
		{
			"raw data that is not JSON",
			Message{RoomID: "r", Data: json.RawMessage(`{"a":`)},
			ErrInvalidField,
			`field data ("json.RawMessage"): invalid field: json: error calling MarshalJSON for type json.RawMessage: unexpected end of JSON input`,
		},
		{
			"raw data that is not UTF-8",
			Message{RoomID: "r", Data: json.RawMessage("\"\xff\"")},
			contract.ErrNotJSON,
			`field data ("json.RawMessage"): body is not one JSON object: not valid UTF-8`,
		},
		{
			"data over a frame",
			Message{RoomID: "r", Data: strings.Repeat("x", 32*1024)},
			ErrTooLarge,
			`field data ("string"): ` + large.Error(),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := tt.m.body()
			expectError(t, err, tt.want, tt.text)
		})
	}
}

func TestMessageBodyIsWhatTheHubReads(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 80, 256)
		m := Message{
			ID: text.Draw(t, "id"), UserID: text.Draw(t, "user"), RoomID: rapid.StringN(1, 80, 256).Draw(t, "room"),
			ToUserID: text.Draw(t, "to"), Data: text.Draw(t, "data"),
		}
		body, err := m.body()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range body {
			if r < ' ' || r == 0xFFFE || r == 0xFFFF {
				t.Fatalf("%q holds %U, which SQS does not take", body, r)
			}
		}
		p, err := contract.ParsePublication([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		var data string
		if err := json.Unmarshal(p.Data, &data); err != nil {
			t.Fatal(err)
		}
		if read := (Message{p.ID, p.UserID, p.RoomID, p.ToUserID, data}); read != m {
			t.Fatalf("the hub reads %+v of %+v", read, m)
		}
	})
}

func TestClipKeepsCharactersWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringN(0, 40, -1).Draw(t, "value") + rapid.StringN(0, 40, -1).Draw(t, "more")
		clipped := clip(value)
		kept, cut := strings.CutSuffix(clipped, "...")
		if len(value) <= 64 {
			kept, cut = clipped, false
		}
		if !strings.HasPrefix(value, kept) || len(kept) > 64 || cut != (len(value) > 64) || strings.ToValidUTF8(kept, "") != kept {
			t.Fatalf("%q became %q", value, clipped)
		}
	})
}
