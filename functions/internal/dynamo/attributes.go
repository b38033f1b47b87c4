package dynamo

import (
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// An item is one row.
type item map[string]types.AttributeValue

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// setText sets name unless s is empty: absent and empty mean the same everywhere.
func (i item) setText(name, s string) {
	if s != "" {
		i[name] = text(s)
	}
}

// text is the string called name, "" when it is absent or none.
func (i item) text(name string) string {
	if s, ok := i[name].(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

// number is the number called name, 0 when it is absent. Backends in other languages may have written a fraction.
func (i item) number(name string) (int64, error) {
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
