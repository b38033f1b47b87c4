// Package attr reads and writes the attributes of DynamoDB items.
package attr

import (
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// An Item is one row, or a part of one.
type Item map[string]types.AttributeValue

// String returns s as an attribute value.
func String(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

// Number returns n as an attribute value.
func Number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// SetString sets the attribute name to s, unless s is empty: absent and empty mean the same everywhere.
func (i Item) SetString(name, s string) {
	if s != "" {
		i[name] = String(s)
	}
}

// String returns the string attribute name, or "" if it is absent or has another type.
func (i Item) String(name string) string {
	if s, ok := i[name].(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

// Number returns the number attribute name, or 0 if it is absent. A fraction, as backends in other languages may have
// written it, is truncated.
func (i Item) Number(name string) (int64, error) {
	n, ok := i[name].(*types.AttributeValueMemberN)
	if !ok {
		return 0, nil
	}
	if whole, err := strconv.ParseInt(n.Value, 10, 64); err == nil {
		return whole, nil
	}
	f, err := strconv.ParseFloat(n.Value, 64)
	if err != nil || f < -1<<53 || f > 1<<53 {
		return 0, fmt.Errorf("attribute %s: %q is not a number of seconds, milliseconds or messages", name, n.Value)
	}
	return int64(f), nil
}
