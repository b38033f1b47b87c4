package snsverify

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A scanner reads JSON as SNS writes it: objects whose values are strings. encoding/json is too lenient here: it takes
// the last of two equal keys, matches keys whatever their case, and replaces what is not UTF-8.
//
// The text is one string, and values without escapes are slices of it, so that a message costs few allocations.
type scanner struct {
	text string
	at   int
}

// members calls member with each key of the object at the scanner; member reads the value.
func (s *scanner) members(member func(key string) error) error {
	if err := s.expect('{'); err != nil {
		return err
	}
	if s.skip('}') {
		return nil
	}
	for {
		s.space()
		key, err := s.str()
		if err != nil {
			return err
		}
		if err := s.expect(':'); err != nil {
			return err
		}
		s.space()
		if err := member(key); err != nil {
			return err
		}
		if s.skip(',') {
			continue
		}
		return s.expect('}')
	}
}

// end reports whether only white space is left.
func (s *scanner) end() error {
	s.space()
	if s.at != len(s.text) {
		return fmt.Errorf("%w: %.20q after the object", ErrEnvelope, s.text[s.at:])
	}
	return nil
}

// null reads the literal null, if it is next.
func (s *scanner) null() bool {
	if !strings.HasPrefix(s.text[s.at:], "null") {
		return false
	}
	s.at += len("null")
	return true
}

// str reads a JSON string and returns its value.
func (s *scanner) str() (string, error) {
	if s.at >= len(s.text) || s.text[s.at] != '"' {
		return "", fmt.Errorf("%w: want a string at byte %d, not %.20q", ErrEnvelope, s.at, s.text[s.at:])
	}
	start := s.at + 1
	for i := start; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '"':
			s.at = i + 1
			return s.text[start:i], nil
		case c == '\\':
			return s.unescape(start, i)
		case c < ' ':
			return "", fmt.Errorf("%w: control character %#02x in a string", ErrEnvelope, c)
		}
	}
	return "", fmt.Errorf("%w: a string does not end", ErrEnvelope)
}

// unescape reads the rest of a string that began at start and has its first backslash at i.
func (s *scanner) unescape(start, i int) (string, error) {
	var b strings.Builder
	b.Grow(s.length(i) + i - start) // no escape is shorter than what it stands for
	b.WriteString(s.text[start:i])
	for i < len(s.text) {
		c := s.text[i]
		switch {
		case c == '"':
			s.at = i + 1
			return b.String(), nil
		case c < ' ':
			return "", fmt.Errorf("%w: control character %#02x in a string", ErrEnvelope, c)
		case c != '\\':
			b.WriteByte(c)
			i++
		default:
			r, next, err := s.escape(i)
			if err != nil {
				return "", err
			}
			b.WriteRune(r)
			i = next
		}
	}
	return "", fmt.Errorf("%w: a string does not end", ErrEnvelope)
}

// length counts the bytes from i to the quote that ends the string, or to the end of the text.
func (s *scanner) length(i int) int {
	start := i
	for i < len(s.text) && s.text[i] != '"' {
		if s.text[i] == '\\' {
			i++
		}
		i++
	}
	return min(i, len(s.text)) - start
}

// simpleEscapes are RFC 8259's escapes of one character.
var simpleEscapes = [256]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// escape reads the escape at i and returns its character and the index after it. Half a surrogate pair has no value
// that could have been signed.
func (s *scanner) escape(i int) (rune, int, error) {
	if i+1 >= len(s.text) {
		return 0, 0, fmt.Errorf("%w: a string does not end", ErrEnvelope)
	}
	if s.text[i+1] != 'u' {
		c := simpleEscapes[s.text[i+1]]
		if c == 0 {
			return 0, 0, fmt.Errorf("%w: unknown escape %.2q", ErrEnvelope, s.text[i:])
		}
		return rune(c), i + 2, nil
	}
	r, ok := s.hex4(i)
	if !ok {
		return 0, 0, fmt.Errorf("%w: unknown escape %.6q", ErrEnvelope, s.text[i:])
	}
	if !utf16.IsSurrogate(r) {
		return r, i + 6, nil
	}
	low, ok := s.hex4(i + 6)
	pair := utf16.DecodeRune(r, low)
	if !ok || pair == utf8.RuneError {
		return 0, 0, fmt.Errorf("%w: half a surrogate pair %.12q", ErrEnvelope, s.text[i:])
	}
	return pair, i + 12, nil
}

// hex4 reads the \uXXXX at i.
func (s *scanner) hex4(i int) (rune, bool) {
	if i+6 > len(s.text) || s.text[i] != '\\' || s.text[i+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range []byte(s.text[i+2 : i+6]) {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

func (s *scanner) space() {
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.at]) >= 0 {
		s.at++
	}
}

// skip skips white space and then c, if c is next.
func (s *scanner) skip(c byte) bool {
	s.space()
	if s.at >= len(s.text) || s.text[s.at] != c {
		return false
	}
	s.at++
	return true
}

func (s *scanner) expect(c byte) error {
	if !s.skip(c) {
		return fmt.Errorf("%w: want %q at byte %d, not %.20q", ErrEnvelope, c, s.at, s.text[s.at:])
	}
	return nil
}
