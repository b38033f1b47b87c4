package frame

import (
	"encoding/binary"
	"errors"
	"io"
)

const maxControlPayload = 125 // https://www.rfc-editor.org/rfc/rfc6455#section-5.5

// header is the part of a client's frame that precedes its payload.
type header struct {
	fin    bool
	opcode Opcode
	length uint64
	mask   [4]byte
}

// readHeader reads and checks one header. Errors of the source pass through; io.EOF means that there was no byte.
func readHeader(src io.Reader, scratch *[14]byte) (header, error) {
	if _, err := io.ReadFull(src, scratch[:2]); err != nil {
		return header{}, err
	}
	h := header{fin: scratch[0]&0x80 != 0, opcode: Opcode(scratch[0] & 0x0F)}
	if scratch[0]&0x70 != 0 {
		return h, protocolError("reserved bits set without an extension")
	}
	if !h.opcode.known() {
		return h, protocolError("reserved opcode")
	}
	if scratch[1]&0x80 == 0 {
		return h, protocolError("client frame is not masked")
	}
	length, err := readLength(src, scratch)
	if err != nil {
		return h, noEOF(err)
	}
	h.length = length
	if h.opcode.control() && (!h.fin || h.length > maxControlPayload) {
		return h, protocolError("control frame is fragmented or too long")
	}
	if _, err := io.ReadFull(src, h.mask[:]); err != nil {
		return h, noEOF(err)
	}
	return h, nil
}

func readLength(src io.Reader, scratch *[14]byte) (uint64, error) {
	switch n := scratch[1] & 0x7F; n {
	case 126:
		if _, err := io.ReadFull(src, scratch[2:4]); err != nil {
			return 0, err
		}
		return uint64(binary.BigEndian.Uint16(scratch[2:4])), nil
	case 127:
		if _, err := io.ReadFull(src, scratch[2:10]); err != nil {
			return 0, err
		}
		length := binary.BigEndian.Uint64(scratch[2:10])
		if length>>63 != 0 {
			return 0, protocolError("frame length has its highest bit set")
		}
		return length, nil
	default:
		return uint64(n), nil
	}
}

// noEOF distinguishes a stream that ends inside a frame from one that ends between frames.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
