package frame

import (
	"bytes"
	"strings"
	"testing"
)

func TestClose(t *testing.T) {
	t.Parallel()
	t.Run("what is appended parses", func(t *testing.T) {
		t.Parallel()
		b := AppendClose(nil, 4001, strings.Repeat("é", 100))
		code, reason, err := ParseClose(b[2:])
		if b[0] != 0x88 || code != 4001 || reason != strings.Repeat("é", 61) || err != nil {
			t.Errorf("%x: %d %q %v", b[:2], code, reason, err)
		}
	})
	t.Run("1005 and 1006 are never sent", func(t *testing.T) {
		t.Parallel()
		for _, code := range []int{StatusNone, StatusAbnormal} {
			if got := AppendClose(nil, code, "x"); !bytes.Equal(got, []byte{0x88, 0}) {
				t.Errorf("%d: %x", code, got)
			}
		}
	})
	t.Run("no payload is 1005", func(t *testing.T) {
		t.Parallel()
		if code, _, err := ParseClose(nil); code != StatusNone || err != nil {
			t.Errorf("%d %v", code, err)
		}
	})
	faults := []struct {
		name    string
		payload []byte
		want    string
	}{
		{"one byte", []byte{3}, "frame: close with 1002: close frame of one byte"},
		{"1005 on the wire", []byte{3, 0xED}, "frame: close with 1002: close status may not be sent"},
		{"999", []byte{3, 0xE7}, "frame: close with 1002: close status may not be sent"},
		{"a reason that is not UTF-8", []byte{3, 0xE8, 0xFF}, "frame: close with 1007: Close reason is not valid UTF-8"},
	}
	for _, tc := range faults {
		t.Run(tc.name+" is refused", func(t *testing.T) {
			t.Parallel()
			if _, _, err := ParseClose(tc.payload); err == nil || err.Error() != tc.want {
				t.Errorf("error %v", err)
			}
		})
	}
}
