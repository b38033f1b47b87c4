package eventbridge

import (
	"fmt"
	"slices"
)

// A pattern selects the events of a rule: by field a list of values, or a pattern for the fields below.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
type pattern map[string]any

// validate refuses leaves that are not lists of strings, such as filters by prefix or number.
func (p pattern) validate() error {
	for name, value := range p {
		var err error
		switch v := value.(type) {
		case map[string]any:
			err = pattern(v).validate()
		case []any:
			err = validateValues(v)
		default:
			err = fmt.Errorf("%w: %v is no list", ErrNotSupported, v)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func validateValues(values []any) error {
	for _, v := range values {
		if _, ok := v.(string); !ok {
			return fmt.Errorf("%w: filter %v", ErrNotSupported, v)
		}
	}
	return nil
}

// matches reports whether the event has, for each field of the pattern, one of its values.
func (p pattern) matches(event map[string]any) bool {
	for name, wanted := range p {
		switch w := wanted.(type) {
		case map[string]any:
			below, ok := event[name].(map[string]any)
			if !ok || !pattern(w).matches(below) {
				return false
			}
		case []any:
			if !matchesOne(w, event[name]) {
				return false
			}
		}
	}
	return true
}

// matchesOne compares with a value or, if the event has a list, with each of its values.
func matchesOne(wanted []any, got any) bool {
	if list, ok := got.([]any); ok {
		return slices.ContainsFunc(list, func(v any) bool { return matchesOne(wanted, v) })
	}
	return slices.ContainsFunc(wanted, func(w any) bool { return w == got })
}
