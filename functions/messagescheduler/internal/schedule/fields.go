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

// text reads a string of least to most characters; most 0 means no bound. Null counts as absent.
func (f fields) text(name string, least, most int, into **string) error {
	raw, ok := f[name]
	if !ok || string(raw) == "null" {
		return nil
	}
	var value string
	if json.Unmarshal(raw, &value) != nil {
		return Invalid(name, string(raw), "a string")
	}
	if n := utf8.RuneCountInString(value); n < least || (most > 0 && n > most) {
		if most == 0 {
			return Invalid(name, value, "must not be empty")
		}
		return Invalid(name, value, fmt.Sprintf("from %d to %d characters", least, most))
	}
	*into = &value
	return nil
}

func (f fields) oneOf(name string, allowed []string, into **string) error {
	if err := f.text(name, 0, 64, into); err != nil || *into == nil {
		return err
	}
	if !slices.Contains(allowed, **into) {
		return Invalid(name, **into, "one of "+strings.Join(allowed, ", "))
	}
	return nil
}

// whole reads a whole number that a float64 holds exactly, as other languages read numbers.
func (f fields) whole(name string, into **int64) error {
	raw, ok := f[name]
	if !ok || string(raw) == "null" {
		return nil
	}
	text := strings.TrimSuffix(string(raw), ".0")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n > 1<<53 || n < -(1<<53) {
		return Invalid(name, string(raw), "a whole number")
	}
	*into = &n
	return nil
}

// within prefixes a ValidationError's field with the field around it.
func within(outer string, err error) error {
	var invalid *ValidationError
	if errors.As(err, &invalid) {
		return &ValidationError{Field: outer + "." + invalid.Field, Value: invalid.Value, Rule: invalid.Rule}
	}
	return err
}
