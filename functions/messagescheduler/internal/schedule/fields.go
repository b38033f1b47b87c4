package schedule

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// text reads a string of least to most characters; most 0 is no bound. Null is absent.
func (f fields) text(name string, least, most int, into **string) error {
	raw, ok := f[name]
	if !ok || string(raw) == "null" {
		return nil
	}
	var value string
	if json.Unmarshal(raw, &value) != nil {
		return NewFault(name, string(raw), "a string")
	}
	if n := utf8.RuneCountInString(value); n < least || (most > 0 && n > most) {
		if most == 0 {
			return NewFault(name, value, "must not be empty")
		}
		return NewFault(name, value, fmt.Sprintf("from %d to %d characters", least, most))
	}
	*into = &value
	return nil
}

func (f fields) oneOf(name string, allowed []string, into **string) error {
	if err := f.text(name, 0, 64, into); err != nil || *into == nil {
		return err
	}
	if !slices.Contains(allowed, **into) {
		return NewFault(name, **into, "one of "+strings.Join(allowed, ", "))
	}
	return nil
}

// whole reads a whole number that other languages' numbers hold exactly.
func (f fields) whole(name string, into **int64) error {
	raw, ok := f[name]
	if !ok || string(raw) == "null" {
		return nil
	}
	text := strings.TrimSuffix(string(raw), ".0")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n > 1<<53 || n < -(1<<53) {
		return NewFault(name, string(raw), "a whole number")
	}
	*into = &n
	return nil
}

// within names the field around a fault's.
func within(outer string, err error) error {
	var fault *Fault
	if errors.As(err, &fault) {
		return &Fault{Field: outer + "." + fault.Field, Value: fault.Value, Rule: fault.Rule}
	}
	return err
}
