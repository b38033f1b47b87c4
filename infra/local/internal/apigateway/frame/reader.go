package frame

import (
	"encoding/binary"
	"io"
	"unicode/utf8"
)

// A Message is one complete data message (Text or Binary), or one control frame.
type Message struct {
	Opcode  Opcode
	Payload []byte // unmasked; the receiver's to keep
}

// A Reader assembles a client's messages. It is not safe for concurrent use.
type Reader struct {
	src        io.Reader
	maxFrame   int
	maxMessage int

	scratch [14]byte
	partial []byte // payload of the unfinished message
	opcode  Opcode // Text or Binary while a message is unfinished, else Continuation
}

// NewReader reads frames from src, which should be buffered. A frame above maxFrame or a message above maxMessage
// bytes is a *Violation with status 1009, found before its payload is read.
func NewReader(src io.Reader, maxFrame, maxMessage int) *Reader {
	return &Reader{src: src, maxFrame: maxFrame, maxMessage: maxMessage}
}

// Next returns the next complete message, or a control frame that came before or within it.
//
// A protocol error of the client is a *Violation; io.EOF and other errors of the source pass through.
func (r *Reader) Next() (Message, error) {
	for {
		h, err := readHeader(r.src, &r.scratch)
		if err != nil {
			return Message{}, err
		}
		if h.opcode.control() {
			payload, err := r.payload(nil, h)
			return Message{Opcode: h.opcode, Payload: payload}, err
		}
		if err := r.begin(h); err != nil {
			return Message{}, err
		}
		r.partial, err = r.payload(r.partial, h)
		if err != nil {
			return Message{}, err
		}
		if h.fin {
			return r.finish()
		}
	}
}

// begin checks a data frame against the message that it starts or continues.
func (r *Reader) begin(h header) error {
	switch {
	case h.opcode == Continuation && r.opcode == Continuation:
		return protocolError("continuation without a message")
	case h.opcode != Continuation && r.opcode != Continuation:
		return protocolError("new message inside a fragmented one")
	case h.length > uint64(r.maxFrame):
		return &Violation{Code: StatusTooBig, Reason: "Frame too big"}
	case h.length+uint64(len(r.partial)) > uint64(r.maxMessage):
		return &Violation{Code: StatusTooBig, Reason: "Message too big"}
	}
	if h.opcode != Continuation {
		r.opcode = h.opcode
	}
	return nil
}

func (r *Reader) finish() (Message, error) {
	m := Message{Opcode: r.opcode, Payload: r.partial}
	r.partial, r.opcode = nil, Continuation
	if m.Opcode == Text && !utf8.Valid(m.Payload) {
		return m, &Violation{Code: StatusNotUTF8, Reason: "Text is not valid UTF-8"}
	}
	return m, nil
}

// payload appends the unmasked payload of h to dst.
func (r *Reader) payload(dst []byte, h header) ([]byte, error) {
	start, n := len(dst), int(h.length)
	if cap(dst)-start < n {
		grown := make([]byte, start, start+n)
		copy(grown, dst)
		dst = grown
	}
	dst = dst[:start+n]
	if _, err := io.ReadFull(r.src, dst[start:]); err != nil {
		return nil, noEOF(err)
	}
	unmask(dst[start:], h.mask)
	return dst, nil
}

// unmask undoes section 5.3 in place, eight bytes at a time.
func unmask(b []byte, key [4]byte) {
	word := uint64(binary.LittleEndian.Uint32(key[:]))
	word |= word << 32
	for len(b) >= 8 {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^word)
		b = b[8:]
	}
	for i := range b {
		b[i] ^= key[i&3]
	}
}
