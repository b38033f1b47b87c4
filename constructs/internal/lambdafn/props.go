package lambdafn

import (
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"github.com/hermes-cdk/hermes/constructs/internal/resource"
)

// Props describes a function. A field left at zero has its default.
type Props struct {
	// Package is the folder of the main package in this module, such as "functions/notificationhub/authorize".
	// Required, unless Code is given.
	Package string

	// Code replaces the code that would be built from Package. It must hold an executable named bootstrap.
	//
	// Default: Package, built by gobundle.
	Code awslambda.Code

	// Description says what the function is for; at most 256 characters.
	//
	// Default: none
	Description string

	// Architecture of the function and of the code that is built for it.
	//
	// Default: arm64, which costs a fifth less a second. https://aws.amazon.com/lambda/pricing/
	Architecture awslambda.Architecture

	// MemoryMB is the memory in MB, from 128 to 10,240. The share of a CPU grows with it.
	//
	// Default: 256
	MemoryMB int

	// Timeout ends an invocation; whole seconds, at most 15 minutes.
	//
	// Default: 10 s
	Timeout time.Duration

	// ReservedConcurrency sets aside, and bounds, how many instances run at once.
	//
	// Default: none is reserved, and the account's limit is the bound.
	ReservedConcurrency int

	// Environment holds variables of the function; values may be tokens. It is copied.
	//
	// Default: none
	Environment map[string]*string

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

	// Tracing has X-Ray sample invocations. It is off by default for three reasons: writing segments takes a
	// permission on resource "*", the only one that X-Ray has; the functions are not instrumented, so a trace would
	// hold the durations that each REPORT line holds already; and the sampling rate of one a second and one in
	// twenty, which cannot be lowered for Lambda, is billed.
	// https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
	//
	// Default: DISABLED
	Tracing awslambda.Tracing
}

// Limits of AWS. https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
const (
	minMemoryMB          = 128
	maxMemoryMB          = 10240
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
	if p.Tracing == "" {
		p.Tracing = awslambda.Tracing_DISABLED
	}
	return p
}

// validate collects what AWS would report at deployment only. Descriptions may hold tokens, whose length
// says nothing.
func (p Props) validate() error {
	var wrong []error
	if p.Package == "" && p.Code == nil {
		wrong = append(wrong, errors.New("one of package and code is required"))
	}
	if p.MemoryMB < minMemoryMB || p.MemoryMB > maxMemoryMB {
		wrong = append(wrong, fmt.Errorf("memory must be from %d to %d MB, got %d", minMemoryMB, maxMemoryMB, p.MemoryMB))
	}
	if p.Timeout < time.Second || p.Timeout > maxTimeout || p.Timeout%time.Second != 0 {
		wrong = append(wrong, fmt.Errorf("timeout must be whole seconds from 1s to %s, got %s", maxTimeout, p.Timeout))
	}
	if p.ReservedConcurrency < 0 {
		wrong = append(wrong, fmt.Errorf("reserved concurrency must not be negative, got %d", p.ReservedConcurrency))
	}
	if n := len(p.Description); n > maxDescriptionLength && !*awscdk.Token_IsUnresolved(p.Description) {
		wrong = append(wrong, fmt.Errorf("description must have at most %d characters, got %d", maxDescriptionLength, n))
	}
	return errors.Join(wrong...)
}
