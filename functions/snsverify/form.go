package snsverify

import (
	"fmt"
	"strings"
	"time"
)

// check compares the fields with what the Type has and with the form of each.
func (e *envelope) check() error {
	if !e.present.has(fieldType) {
		return fmt.Errorf("%w: no Type", ErrEnvelope)
	}
	kind, ok := kinds[e.value[fieldType]]
	if !ok {
		return fmt.Errorf("%w: unknown Type %.40q", ErrEnvelope, e.value[fieldType])
	}
	for f := range fieldCount {
		switch {
		case kind.must.has(f) && !e.present.has(f):
			return fmt.Errorf("%w: %s without %s", ErrEnvelope, e.value[fieldType], names[f][0])
		case !(kind.must | kind.may).has(f) && e.present.has(f):
			return fmt.Errorf("%w: %s with %s", ErrEnvelope, e.value[fieldType], names[f][0])
		}
	}
	return e.checkForms()
}

func (e *envelope) checkForms() error {
	if err := e.checkLines(); err != nil {
		return err
	}
	if !isUUID(e.value[fieldMessageID]) {
		return fmt.Errorf("%w: MessageId %.80q is not a UUID", ErrEnvelope, e.value[fieldMessageID])
	}
	if e.present.has(fieldToken) && e.value[fieldToken] == "" {
		return fmt.Errorf("%w: empty Token", ErrEnvelope)
	}
	at, err := parseTimestamp(e.value[fieldTimestamp])
	if err != nil {
		return err
	}
	e.timestamp = at
	return nil
}

// checkLines allows a newline in Message only. The string to sign puts names and values on lines of their own, so a
// newline in a value can play the next name: {MessageId: "<id>\nSubject\n<subject>"} without a Subject signs the same
// as the genuine pair. Subject is no exception: with a newline there, the tail of a Message that imitates the next
// lines could be read as MessageId and Subject. SNS itself refuses to publish a Subject with line breaks.
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
func (e *envelope) checkLines() error {
	for f := range fieldCount {
		if f != fieldMessage && strings.IndexByte(e.value[f], '\n') >= 0 {
			return fmt.Errorf("%w: newline in %s %.80q", ErrEnvelope, names[f][0], e.value[f])
		}
	}
	return nil
}

// parseTimestamp reads the one layout that SNS writes. Only the literal text is signed, so that 24:00, a missing
// fraction or an offset, which other readers may see differently, must not pass.
func parseTimestamp(text string) (time.Time, error) {
	at, err := time.Parse(timestampLayout, text)
	if err != nil || len(text) != len(timestampLayout) || text[19] != '.' {
		return time.Time{}, fmt.Errorf("%w: Timestamp %.40q is not %s", ErrEnvelope, text, timestampLayout)
	}
	return at, nil
}

// isUUID reports whether s has the form 8-4-4-4-12 in lower-case hexadecimal digits.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch i {
		case 8, 13, 18, 23:
			if s[i] != '-' {
				return false
			}
		default:
			if !isLowerHex(s[i]) {
				return false
			}
		}
	}
	return true
}

func isLowerHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' }
