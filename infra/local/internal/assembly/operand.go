package assembly

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// arguments reads the list an intrinsic takes.
func arguments(v any, atLeast, atMost int) ([]any, error) {
	list, ok := v.([]any)
	if !ok || len(list) < atLeast || len(list) > atMost {
		return nil, fmt.Errorf("takes a list of %d", atMost)
	}
	return list, nil
}

func (e evaluator) list(path string, v any) ([]any, error) {
	resolved, err := e.value(path, v)
	if err != nil {
		return nil, err
	}
	list, ok := resolved.([]any)
	if !ok {
		return nil, fmt.Errorf("%v is not a list", resolved)
	}
	return list, nil
}

func (e evaluator) texts(path string, v any) ([]string, error) {
	list, err := e.list(path, v)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(list))
	for i, item := range list {
		if out[i], err = scalar(item); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (e evaluator) text(path string, v any) (string, error) {
	resolved, err := e.value(path, v)
	if err != nil {
		return "", err
	}
	return scalar(resolved)
}

// scalar returns the text of a string, number or boolean.
func scalar(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case json.Number:
		return v.String(), nil
	case noValue:
		return "", errors.New("AWS::NoValue stands where text is needed")
	}
	return "", fmt.Errorf("%v is not text", v)
}
