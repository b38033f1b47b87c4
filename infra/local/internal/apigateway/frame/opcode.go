package frame

// Opcode is the type of a frame. https://www.rfc-editor.org/rfc/rfc6455#section-11.8
type Opcode byte

// The opcodes of RFC 6455; all others are reserved and refused.
const (
	Continuation Opcode = 0x0
	Text         Opcode = 0x1
	Binary       Opcode = 0x2
	Close        Opcode = 0x8
	Ping         Opcode = 0x9
	Pong         Opcode = 0xA
)

// control reports whether a frame is close, ping or pong rather than data.
func (o Opcode) control() bool { return o&0x8 != 0 }

func (o Opcode) known() bool {
	switch o {
	case Continuation, Text, Binary, Close, Ping, Pong:
		return true
	}
	return false
}
