package lambdafn

import (
	"cmp"
	"maps"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/grant"
	"github.com/hermes-cdk/hermes/constructs/internal/validate"
)

// Options tune a function, or all functions of a construct. Their names and meanings are those of awslambda.FunctionProps.
type Options struct {
	// MemoryMB is the memory, 128 to 10,240 MB; CPU grows with it.
	// Default: see the README of the construct.
	MemoryMB int

	// ReservedConcurrency keeps that many instances for the function and allows no more.
	// Default: none reserved.
	ReservedConcurrency int

	// MaxConcurrency bounds the instances that read from the function's queue, 2 to 1,000 and at most ReservedConcurrency; for
	// functions that read a queue only. Those that post or mail share the rate of the account.
	// Default: 2, with which a new account, whose limit is 10 instances in all, still answers clients.
	MaxConcurrency int

	// Code replaces the function's code: a directory or archive with an executable named bootstrap.
	// Default: built from the sources in this module.
	Code awslambda.Code

	// Architecture of the function.
	// Default: that of the construct.
	Architecture awslambda.Architecture

	// EphemeralStorageMB is the size of /tmp, 512 to 10,240 MB. The functions write nothing there; layers of yours may.
	// Default: 512.
	EphemeralStorageMB int

	// Environment holds variables beside the function's own, which they must not replace.
	// Default: none.
	Environment map[string]*string

	// Layers are added, e.g. an extension. The local stage runs none.
	// Default: none.
	Layers []awslambda.ILayerVersion

	// Vpc puts the function into subnets of a VPC. It still calls DynamoDB, SQS, S3, SES, Secrets Manager and API Gateway, so that
	// the subnets need a NAT gateway or an endpoint for each; docs/constructs/README.md lists them.
	// Default: none.
	Vpc awsec2.IVpc

	// VpcSubnets chooses subnets of Vpc.
	// Default: the private ones.
	VpcSubnets *awsec2.SubnetSelection

	// SecurityGroups of the function in Vpc.
	// Default: one of its own, which lets everything out and nothing in.
	SecurityGroups []awsec2.ISecurityGroup

	// Tracing has X-Ray sample invocations. It is off by default for three reasons: writing segments takes a permission on
	// resource "*", the only one that X-Ray has; the functions are not instrumented, so that a trace holds the durations that
	// each REPORT line holds already; and the sampling rate of one a second and one in twenty, which cannot be lowered for
	// Lambda, is billed.
	// https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
	// Default: DISABLED.
	Tracing awslambda.Tracing

	// LogLevel is the least level of the function's own lines, SystemLogLevel of Lambda's.
	// Default: INFO.
	LogLevel       awslambda.ApplicationLogLevel
	SystemLogLevel awslambda.SystemLogLevel

	// LogFormat is that of Lambda's own lines. The function's are JSON in any case. Levels need JSON.
	// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
	// Default: JSON, so that one query reads both.
	LogFormat awslambda.LoggingFormat

	// LogGroup takes the function's log.
	// Default: one of its own.
	LogGroup awslogs.ILogGroup
}

// Or fills in what o leaves out from the options of all functions. Variables of both are set, those of o before others.
func (o Options) Or(all Options) Options {
	o.MemoryMB = cmp.Or(o.MemoryMB, all.MemoryMB)
	o.ReservedConcurrency = cmp.Or(o.ReservedConcurrency, all.ReservedConcurrency)
	o.MaxConcurrency = cmp.Or(o.MaxConcurrency, all.MaxConcurrency)
	o.EphemeralStorageMB = cmp.Or(o.EphemeralStorageMB, all.EphemeralStorageMB)
	o.Tracing = cmp.Or(o.Tracing, all.Tracing)
	o.LogLevel = cmp.Or(o.LogLevel, all.LogLevel)
	o.SystemLogLevel = cmp.Or(o.SystemLogLevel, all.SystemLogLevel)
	o.LogFormat = cmp.Or(o.LogFormat, all.LogFormat)
	if o.Architecture == nil {
		o.Architecture = all.Architecture
	}
	if o.Layers == nil {
		o.Layers = all.Layers
	}
	if o.LogGroup == nil {
		o.LogGroup = all.LogGroup
	}
	if o.Vpc == nil {
		o.Vpc, o.VpcSubnets, o.SecurityGroups = all.Vpc, all.VpcSubnets, all.SecurityGroups
	}
	variables := maps.Clone(all.Environment)
	if variables == nil {
		variables = map[string]*string{}
	}
	maps.Copy(variables, o.Environment)
	o.Environment = variables
	return o
}

// Spread fills in what the functions' own options leave out from those of all functions.
func (o Options) Spread(to ...*Options) {
	for _, own := range to {
		*own = own.Or(o)
	}
}

// Validate checks the options of a function, which those of all functions complete, against the limits of Lambda.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
func (o Options) Validate(e *validate.Errors, name string, readsQueue bool, all Options) {
	o.validate(e, name)
	if o.MaxConcurrency != 0 && !readsQueue {
		e.Addf("%s.maxConcurrency is %d, but %s reads no queue", name, o.MaxConcurrency, name)
	}
	if readsQueue {
		o.Or(all).ValidateReader(e, name)
	}
}

// ValidateReader checks that all instances that read a function's queue may run. The messages above the reserved concurrency
// would be throttled, and in the end be dead letters.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
func (o Options) ValidateReader(e *validate.Errors, name string) {
	instances := cmp.Or(o.MaxConcurrency, grant.DefaultMaxConcurrency)
	if o.ReservedConcurrency > 0 && o.ReservedConcurrency < instances {
		e.Addf("%s.reservedConcurrency must be at least %d, the instances that read its queue, got %d", name, instances, o.ReservedConcurrency)
	}
}

// ValidateAll checks the options of all functions.
func (o Options) ValidateAll(e *validate.Errors, name string) {
	o.validate(e, name)
	if o.Code != nil {
		e.Addf("%s.code is given, but each function has code of its own", name)
	}
}

func (o Options) validate(e *validate.Errors, name string) {
	e.Number(name+".memoryMB", o.MemoryMB, 128, 10_240)
	e.Number(name+".reservedConcurrency", o.ReservedConcurrency, 1, 100_000)
	e.Number(name+".maxConcurrency", o.MaxConcurrency, 2, 1000)
	e.Number(name+".ephemeralStorageMB", o.EphemeralStorageMB, 512, 10_240)
	if o.Vpc == nil && (o.VpcSubnets != nil || o.SecurityGroups != nil) {
		e.Addf("%s.vpc is missing, which subnets and security groups need", name)
	}
	if o.LogFormat == awslambda.LoggingFormat_TEXT && (o.LogLevel != "" || o.SystemLogLevel != "") {
		e.Addf("%s.logFormat is Text, but levels need JSON", name)
	}
}

// WithDefaults sets what a construct has for its function, unless the options do.
func (o Options) WithDefaults(memoryMB int, architecture awslambda.Architecture) Options {
	o.MemoryMB = cmp.Or(o.MemoryMB, memoryMB)
	if o.Architecture == nil {
		o.Architecture = architecture
	}
	return o
}

// apply sets what CDK's props take as it is.
func (o Options) apply(props *awslambda.FunctionProps) {
	if o.Vpc != nil {
		props.Vpc, props.VpcSubnets = o.Vpc, o.VpcSubnets
		if len(o.SecurityGroups) > 0 {
			props.SecurityGroups = &o.SecurityGroups
		}
	}
	if len(o.Layers) > 0 {
		props.Layers = &o.Layers
	}
	if o.EphemeralStorageMB != 0 {
		props.EphemeralStorageSize = awscdk.Size_Mebibytes(jsii.Number(o.EphemeralStorageMB))
	}
	props.ApplicationLogLevelV2, props.SystemLogLevelV2 = o.LogLevel, o.SystemLogLevel
	props.LoggingFormat = cmp.Or(o.LogFormat, awslambda.LoggingFormat_JSON)
	props.Tracing = cmp.Or(o.Tracing, awslambda.Tracing_DISABLED)
}
