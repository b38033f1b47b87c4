package frame

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
)

func masked(first byte, payload []byte) []byte {
	key := [4]byte{1, 2, 3, 4}
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = append(b, 0x80|126, byte(n>>8), byte(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	b = append(b, key[:]...)
	for i, c := range payload {
		b = append(b, c^key[i&3])
	}
	return b
}

// https://www.rfc-editor.org/rfc/rfc6455#section-5
func TestReader(t *testing.T) {
	t.Parallel()
	long := bytes.Repeat([]byte("abcdefg"), 10_000)
	cases := []struct {
		name  string
		input []byte
		want  []Message
		err   string
	}{
		{"a text", masked(0x81, []byte("Hello")), []Message{{Text, []byte("Hello")}}, "EOF"},
		{"an empty text", masked(0x81, nil), []Message{{Text, []byte{}}}, "EOF"},
		{"a text with 16 bits of length", masked(0x81, long[:300]), []Message{{Text, long[:300]}}, "EOF"},
		{"a text with 64 bits of length", masked(0x81, long), []Message{{Text, long}}, "EOF"},
		{"binary", masked(0x82, []byte{0xFF}), []Message{{Binary, []byte{0xFF}}}, "EOF"},
		{"fragments, with a ping between", bytes.Join([][]byte{
			masked(0x01, []byte("Hel")), masked(0x89, []byte("p")), masked(0x00, []byte("l")), masked(0x80, []byte("o")),
		}, nil), []Message{{Ping, []byte("p")}, {Text, []byte("Hello")}}, "EOF"},
		{
			"a character split between fragments", append(masked(0x01, []byte("\xc3")), masked(0x80, []byte("\xa9"))...),
			[]Message{{Text, []byte("é")}},
			"EOF",
		},
		{"text that is not UTF-8", masked(0x81, []byte{0xFF}), nil, "frame: close with 1007: Text is not valid UTF-8"},
		{"reserved bits", masked(0xC1, nil), nil, "frame: close with 1002: reserved bits set without an extension"},
		{"a reserved opcode", masked(0x83, nil), nil, "frame: close with 1002: reserved opcode"},
		{"no mask", []byte{0x81, 0}, nil, "frame: close with 1002: client frame is not masked"},
		{"a fragmented ping", masked(0x09, nil), nil, "frame: close with 1002: control frame is fragmented or too long"},
		{"a long ping", masked(0x89, long[:126]), nil, "frame: close with 1002: control frame is fragmented or too long"},
		{"a continuation of nothing", masked(0x80, nil), nil, "frame: close with 1002: continuation without a message"},
		{
			"a message inside another", append(masked(0x01, nil), masked(0x81, nil)...), nil,
			"frame: close with 1002: new message inside a fragmented one",
		},
		{"a frame that is too big", masked(0x81, make([]byte, 100_001)), nil, "frame: close with 1009: Frame too big"},
		{
			"a message that is too big", append(masked(0x01, make([]byte, 100_000)), masked(0x80, make([]byte, 50_001))...), nil,
			"frame: close with 1009: Message too big",
		},
		{
			"a length of more than 63 bits", append([]byte{0x82, 0xFF}, bytes.Repeat([]byte{0xFF}, 12)...), nil,
			"frame: close with 1002: frame length has its highest bit set",
		},
		{"an end inside a header", []byte{0x81}, nil, "unexpected EOF"},
		{"an end inside a length", []byte{0x81, 0xFE, 0}, nil, "unexpected EOF"},
		{"an end before the mask", []byte{0x81, 0x81}, nil, "unexpected EOF"},
		{"an end inside a payload", masked(0x81, []byte("Hello"))[:8], nil, "unexpected EOF"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := NewReader(bytes.NewReader(tc.input), 100_000, 150_000)
			for _, want := range tc.want {
				got, err := r.Next()
				if err != nil || got.Opcode != want.Opcode || !bytes.Equal(got.Payload, want.Payload) {
					t.Fatalf("message %v %.40q, %v", got.Opcode, got.Payload, err)
				}
			}
			if _, err := r.Next(); err == nil || err.Error() != tc.err {
				t.Errorf("error %v, want %s", err, tc.err)
			}
		})
	}
}

func TestAppend(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		payload int
		header  []byte
	}{
		{"no payload", 0, []byte{0x81, 0}},
		{"7 bits of length", 125, []byte{0x81, 125}},
		{"16 bits of length", 126, []byte{0x81, 126, 0, 126}},
		{"the largest frame", 32 << 10, []byte{0x81, 126, 0x80, 0}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			payload := bytes.Repeat([]byte("x"), tc.payload)
			if got := Append(nil, Text, payload, 32<<10); !bytes.Equal(got, append(tc.header, payload...)) {
				t.Errorf("frame %.20x", got)
			}
		})
	}
	t.Run("more than a frame is split", func(t *testing.T) {
		t.Parallel()
		if got := Append([]byte("before"), Binary, []byte("abcde"), 2); string(got) != "before\x02\x02ab\x00\x02cd\x80\x01e" {
			t.Errorf("frames %q", got)
		}
	})
	t.Run("64 bits of length", func(t *testing.T) {
		t.Parallel()
		if got := Append(nil, Text, make([]byte, 1<<16), 1<<20); !bytes.HasPrefix(got, []byte{0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0}) {
			t.Errorf("frame %.20x", got)
		}
	})
}

func FuzzReader(f *testing.F) {
	for _, seed := range [][]byte{
		masked(0x81, []byte("Hello")), masked(0x01, []byte("He")), masked(0x88, []byte{3, 0xE8}),
		{0x81},
		{0xC1, 0x80},
		append(masked(0x01, []byte("Hel")), masked(0x80, []byte("lo"))...), append([]byte{0x82, 0xFF}, bytes.Repeat([]byte{0x7F}, 12)...),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		r := NewReader(bytes.NewReader(input), 64, 128)
		for {
			m, err := r.Next()
			if err != nil {
				var v *Violation
				if !errors.As(err, &v) && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("error %v", err)
				}
				return
			}
			if len(m.Payload) > 128 {
				t.Errorf("a message of %d bytes", len(m.Payload))
			}
			if m.Opcode == Close {
				ParseClose(m.Payload) //nolint:errcheck // must not panic
			}
		}
	})
}
