package assembly

import (
	"errors"
	"fmt"
	"slices"
)

// condition evaluates a named condition once. Conditions cannot refer to resources
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html).
func (e evaluator) condition(name string) (bool, error) {
	if truth, ok := e.stack.truth[name]; ok {
		return truth, nil
	}
	static := evaluator{assembly: e.assembly, stack: e.stack}
	truth, err := static.named(name, nil)
	if err != nil {
		return false, err
	}
	e.stack.truth[name] = truth
	return truth, nil
}

// named evaluates a condition by name. within lists the conditions that depend on it.
func (e evaluator) named(name string, within []string) (bool, error) {
	if slices.Contains(within, name) {
		return false, fmt.Errorf("%w of conditions: %s", ErrCycle, chain(append(within, name)))
	}
	expression, ok := e.stack.conditions[name]
	if !ok {
		return false, fmt.Errorf("there is no condition %s", name)
	}
	truth, err := e.boolean(expression, append(slices.Clone(within), name))
	if err != nil {
		return false, fmt.Errorf("condition %s: %w", name, err)
	}
	return truth, nil
}

func (e evaluator) boolean(expression any, within []string) (bool, error) {
	m, ok := expression.(map[string]any)
	if !ok || len(m) != 1 {
		return false, fmt.Errorf("%v is not a condition function", expression)
	}
	for name, argument := range m {
		switch name {
		case "Condition":
			other, ok := argument.(string)
			if !ok {
				return false, fmt.Errorf("%v is not the name of a condition", argument)
			}
			return e.named(other, within)
		case "Fn::Equals":
			return e.equals(argument)
		case "Fn::Not":
			truths, err := e.booleans(argument, 1, 1, within)
			return err == nil && !truths[0], err
		case "Fn::And":
			truths, err := e.booleans(argument, 2, 10, within)
			return err == nil && !slices.Contains(truths, false), err
		case "Fn::Or":
			truths, err := e.booleans(argument, 2, 10, within)
			return err == nil && slices.Contains(truths, true), err
		}
		return false, fmt.Errorf("%s is %w in a condition", name, ErrUnsupported)
	}
	return false, errors.New("is empty") // not reached: m has one entry
}

func (e evaluator) booleans(argument any, atLeast, atMost int, within []string) ([]bool, error) {
	items, err := arguments(argument, atLeast, atMost)
	if err != nil {
		return nil, err
	}
	out := make([]bool, len(items))
	for i, item := range items {
		if out[i], err = e.boolean(item, within); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (e evaluator) equals(argument any) (bool, error) {
	items, err := arguments(argument, 2, 2)
	if err != nil {
		return false, fmt.Errorf("Fn::Equals: %w", err)
	}
	left, err := e.text("Fn::Equals[0]", items[0])
	if err != nil {
		return false, err
	}
	right, err := e.text("Fn::Equals[1]", items[1])
	return left == right, err
}
