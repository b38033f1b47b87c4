package frame

import "github.com/hermes-cdk/hermes/functions/notificationhub/contract"

// A packer joins encoded messages with commas, between a prefix and a suffix.
type packer struct {
	prefix, suffix string
	body           []byte
	count          int
}

// fits reports whether the frame with b stays within contract.MaxFrameBytes. The first message always fits:
// contract.ParsePublication bounds it.
func (p *packer) fits(b []byte) bool {
	return p.count == 0 || len(p.prefix)+len(p.body)+len(",")+len(b)+len(p.suffix) <= contract.MaxFrameBytes
}

func (p *packer) add(b []byte) {
	if p.count > 0 {
		p.body = append(p.body, ',')
	}
	p.body = append(p.body, b...)
	p.count++
}

func (p *packer) frame() Frame {
	body := make([]byte, 0, len(p.prefix)+len(p.body)+len(p.suffix))
	body = append(append(append(body, p.prefix...), p.body...), p.suffix...)
	return Frame{Body: body, Messages: p.count}
}
