package policy

import (
	"encoding/json"
	"errors"
	"fmt"
)

// MaxAnswerBytes bounds what a WebSocket API's authorizer may return.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
const MaxAnswerBytes = 8 * 1024

// An Answer is a Lambda authorizer's response with a policy.
type Answer struct {
	PrincipalID string
	Policy      *Document
	Context     map[string]json.RawMessage // nil when absent
}

// ParseAnswer reads {"principalId","policyDocument","context"}. Errors are ErrMalformed.
func ParseAnswer(response []byte) (Answer, error) {
	var raw struct {
		PrincipalID    string                     `json:"principalId"`
		PolicyDocument json.RawMessage            `json:"policyDocument"`
		Context        map[string]json.RawMessage `json:"context"`
	}
	if err := json.Unmarshal(response, &raw); err != nil {
		return Answer{}, fmt.Errorf("policy: authorizer answer: %w: %w", ErrMalformed, err)
	}
	if raw.PrincipalID == "" {
		return Answer{}, fmt.Errorf("policy: authorizer answer: %w: principalId is missing", ErrMalformed)
	}
	if len(raw.PolicyDocument) == 0 {
		return Answer{}, fmt.Errorf("policy: authorizer answer: %w: policyDocument is missing", ErrMalformed)
	}
	document, err := Parse(raw.PolicyDocument)
	if err != nil {
		return Answer{}, err
	}
	return Answer{PrincipalID: raw.PrincipalID, Policy: document, Context: raw.Context}, nil
}

var errNotScalar = errors.New("it is neither string, number nor boolean")

// Strings turns a context into text: a number becomes "1", a boolean "true". Objects and lists are not valid there.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
func Strings(context map[string]json.RawMessage) (map[string]string, error) {
	texts := make(map[string]string, len(context))
	for key, value := range context {
		text, err := scalar(value)
		if err != nil {
			return nil, fmt.Errorf("policy: context value %q: %w: %w", key, ErrMalformed, err)
		}
		texts[key] = text
	}
	return texts, nil
}

func scalar(value json.RawMessage) (string, error) {
	if len(value) == 0 {
		return "", errNotScalar
	}
	switch value[0] {
	case '"':
		var text string
		err := json.Unmarshal(value, &text)
		return text, err
	case '{', '[', 'n':
		return "", errNotScalar
	default:
		return string(value), nil
	}
}
