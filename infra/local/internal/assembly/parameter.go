package assembly

import (
	"errors"
	"fmt"
	"strings"
)

// parameterDeclaration is one entry of Parameters. Constraints are not checked: they hold for the defaults, and for
// values the CDK itself puts into the manifest.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
type parameterDeclaration struct {
	Type        string
	Default     any
	Description string

	AllowedPattern, AllowedValues, ConstraintDescription, MaxLength, MaxValue, MinLength, MinValue, NoEcho any
}

// A parameter is what Ref of a parameter returns, or why it returns nothing.
type parameter struct {
	value any // a string or a list of strings
	err   error
}

func (d parameterDeclaration) value(given string) (parameter, error) {
	text := given
	if text == "" {
		if d.Default == nil {
			return parameter{}, errors.New("has no default and no value")
		}
		var err error
		if text, err = scalar(d.Default); err != nil {
			return parameter{}, err
		}
	}
	switch {
	case d.Type == "String" || d.Type == "Number":
		return parameter{value: text}, nil
	case d.Type == "CommaDelimitedList" || d.Type == "List<Number>":
		var items []any
		for item := range strings.SplitSeq(text, ",") {
			items = append(items, strings.TrimSpace(item))
		}
		return parameter{value: items}, nil
	case strings.HasPrefix(d.Type, "AWS::SSM::Parameter"):
		// The CDK declares its bootstrap version this way, and only Rules use it: an error once something else does.
		return parameter{err: fmt.Errorf("type %s: Parameter Store is %w", d.Type, ErrUnsupported)}, nil
	case strings.HasPrefix(d.Type, "AWS::"):
		return parameter{value: text}, nil
	}
	return parameter{}, fmt.Errorf("type %s is %w", d.Type, ErrUnsupported)
}
