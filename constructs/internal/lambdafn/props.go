package lambdafn

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"github.com/hermes-cdk/hermes/constructs/internal/resource"
)

// Props describes a function. A field left at zero has its default.
type Props struct {
	// Options are those that the construct's user has.
	//
	// Default: arm64, which costs a fifth less a second (https://aws.amazon.com/lambda/pricing/), and 256 MB
	Options

	// Package is the folder of the main package in this module, such as "functions/notificationhub/authorize".
	// Required, unless Code is given.
	Package string

	// Description says what the function is for; at most 256 characters.
	//
	// Default: none
	Description string

	// Timeout ends an invocation; whole seconds, at most 15 minutes.
	//
	// Default: 10 s
	Timeout time.Duration

	// Variables are the function's own, which Environment must not replace; values may be tokens. It is copied.
	//
	// Default: none
	Variables map[string]*string

	// RecursiveLoop allows the function to be invoked, again and again, by what it writes. Lambda stops a chain of some 16
	// invocations that one event has caused unless the function allows it.
	// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
	//
	// Default: TERMINATE
	RecursiveLoop awslambda.RecursiveLoop

	// LogRetention is how long log events are kept.
	//
	// Default: one month
	LogRetention awslogs.RetentionDays

	// Resources says what becomes of the log group when it leaves the stack, and which key encrypts it.
	//
	// Default: RETAIN_ON_UPDATE_OR_DELETE, and a key of AWS
	Resources resource.Options
}

// Limits of AWS. https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
const (
	maxTimeout           = 15 * time.Minute
	maxDescriptionLength = 256
)

// withDefaults returns a copy of p in which nothing is left out. The caller's p stays as it is.
func (p Props) withDefaults() Props {
	if p.Architecture == nil {
		p.Architecture = awslambda.Architecture_ARM_64()
	}
	if p.MemoryMB == 0 {
		p.MemoryMB = 256
	}
	if p.Timeout == 0 {
		p.Timeout = 10 * time.Second
	}
	p.Resources.RemovalPolicy = resource.RemovalPolicy(p.Resources.RemovalPolicy)
	return p
}

// validate collects what AWS would report at deployment only; the construct has checked the options. Descriptions may hold
// tokens, whose length says nothing.
func (p Props) validate() error {
	var wrong []error
	if p.Package == "" && p.Code == nil {
		wrong = append(wrong, errors.New("one of package and code is required"))
	}
	if p.Timeout < time.Second || p.Timeout > maxTimeout || p.Timeout%time.Second != 0 {
		wrong = append(wrong, fmt.Errorf("timeout must be whole seconds from 1s to %s, got %s", maxTimeout, p.Timeout))
	}
	if n := len(p.Description); n > maxDescriptionLength && !*awscdk.Token_IsUnresolved(p.Description) {
		wrong = append(wrong, fmt.Errorf("description must have at most %d characters, got %d", maxDescriptionLength, n))
	}
	for _, name := range slices.Sorted(maps.Keys(p.Environment)) {
		if _, own := p.Variables[name]; own {
			wrong = append(wrong, fmt.Errorf("environment must not set %s, which is the function's own", name))
		}
	}
	return errors.Join(wrong...)
}
