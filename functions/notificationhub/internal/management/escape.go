package management

import "strings"

// escape percent-encodes everything but RFC 3986's unreserved characters, as SigV4 requires of each path segment:
// connection ids end with "=", which url.PathEscape leaves as it is.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
func escape(segment string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(segment) + 4)
	for _, c := range []byte(segment) {
		if isUnreserved(c) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(digits[c>>4])
		b.WriteByte(digits[c&15])
	}
	return b.String()
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
