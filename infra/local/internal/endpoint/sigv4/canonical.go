package sigv4

import (
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"sync"
)

const upperHex = "0123456789ABCDEF"

// appendCanonical appends the canonical request
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
func appendCanonical(b []byte, r *http.Request, s *Signed, payloadHash string) ([]byte, error) {
	b = append(append(b, r.Method...), '\n')
	b = append(appendPath(b, r.URL.EscapedPath(), s.Service), '\n')
	b = append(appendQuery(b, r.URL.RawQuery, s.Presigned), '\n')
	var err error
	if b, err = appendHeaders(b, r, s.SignedHeaders); err != nil {
		return b, err
	}
	b = append(append(b, '\n'), s.SignedHeaders...)
	return append(append(b, '\n'), payloadHash...), nil
}

// appendPath appends the path: S3 takes it as it is on the wire, with its escapes in their normal form; every other service
// escapes it again.
func appendPath(b []byte, path, service string) []byte {
	if path == "" {
		return append(b, '/')
	}
	if service == "s3" {
		return appendNormalized(b, path, '/')
	}
	for i := range len(path) {
		b = appendEscaped(b, path[i], '/')
	}
	return b
}

// appendNormalized unescapes and escapes again, so that the client's choice of escapes does not matter.
func appendNormalized(b []byte, s string, keep byte) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+2 < len(s) {
			if hi, lo := unhex(s[i+1]), unhex(s[i+2]); hi >= 0 && lo >= 0 {
				// An escaped slash in an S3 key stays escaped.
				b = appendEscaped(b, byte(hi<<4|lo), 0)
				i += 2
				continue
			}
		}
		b = appendEscaped(b, c, keep)
	}
	return b
}

// appendEscaped escapes all but the unreserved characters of RFC 3986 and keep.
func appendEscaped(b []byte, c, keep byte) []byte {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == '~', c == keep && keep != 0:
		return append(b, c)
	default:
		return append(b, '%', upperHex[c>>4], upperHex[c&15])
	}
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// appendQuery appends the parameters by name, then value; a presigned request's own signature is not part of it.
func appendQuery(b []byte, raw string, presigned bool) []byte {
	if raw == "" {
		return b
	}
	type pair struct{ name, value string }
	var pairs []pair
	for part := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(part, "=")
		if part == "" || presigned && name == "X-Amz-Signature" {
			continue
		}
		pairs = append(pairs, pair{normalizedParameter(name), normalizedParameter(value)})
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		return strings.Compare(a.value, b.value)
	})
	for i, p := range pairs {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(append(append(b, p.name...), '='), p.value...)
	}
	return b
}

func normalizedParameter(s string) string {
	return string(appendNormalized(nil, strings.ReplaceAll(s, "+", " "), 0))
}

func appendHeaders(b []byte, r *http.Request, signed string) ([]byte, error) {
	hasHost := false
	for rest := signed; rest != ""; {
		var name string
		name, rest, _ = strings.Cut(rest, ";")
		b = append(append(b, name...), ':')
		switch name {
		case "host":
			hasHost = true
			b = append(b, r.Host...)
		case "content-length":
			b = strconv.AppendInt(b, r.ContentLength, 10)
		default:
			for i, value := range r.Header[headerKey(name)] {
				if i > 0 {
					b = append(b, ',')
				}
				b = appendTrimmed(b, value)
			}
		}
		b = append(b, '\n')
	}
	if !hasHost {
		return b, newError(ErrIncomplete, "'Host' must be a 'SignedHeader' in the AWS Authorization.")
	}
	return b, nil
}

// appendTrimmed drops spaces at both ends and all but one of those in a row.
func appendTrimmed(b []byte, value string) []byte {
	value = strings.TrimSpace(value)
	for i := range len(value) {
		if value[i] == ' ' && i > 0 && value[i-1] == ' ' {
			continue
		}
		b = append(b, value[i])
	}
	return b
}

// headerKeys caches the canonical form of the headers that SDKs sign, as computing it allocates.
var headerKeys = sync.OnceValue(func() map[string]string {
	keys := map[string]string{}
	for _, name := range []string{
		"x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "x-amz-target", "x-amz-user-agent", "content-type",
		"amz-sdk-invocation-id", "amz-sdk-request", "content-encoding", "x-amz-decoded-content-length", "x-amz-trailer",
		"x-amz-checksum-crc32", "x-amz-sdk-checksum-algorithm", "x-amz-tagging", "accept-encoding", "content-md5", "user-agent",
	} {
		keys[name] = textproto.CanonicalMIMEHeaderKey(name)
	}
	return keys
})

func headerKey(lower string) string {
	if key, ok := headerKeys()[lower]; ok {
		return key
	}
	return textproto.CanonicalMIMEHeaderKey(lower)
}
