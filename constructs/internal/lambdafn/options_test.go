package lambdafn

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/validate"
)

func TestOptionsAreValidated(t *testing.T) {
	for name, test := range map[string]struct {
		options, all Options
		readsQueue   bool
		want         string
	}{
		"nothing": {want: ""},
		"beyond the limits of Lambda": {
			options: Options{MemoryMB: 64, ReservedConcurrency: -1, MaxConcurrency: 1, EphemeralStorageMB: 100},
			want: "send.memoryMB must be between 128 and 10240, got 64; send.reservedConcurrency must be between 1 and 100000, got -1; " +
				"send.maxConcurrency must be between 2 and 1000, got 1; send.ephemeralStorageMB must be between 512 and 10240, got 100; " +
				"send.maxConcurrency is 1, but send reads no queue",
		},
		"more readers than reserved instances": {
			options: Options{ReservedConcurrency: 5, MaxConcurrency: 6}, readsQueue: true,
			want: "send.reservedConcurrency must be at least 6, the instances that read its queue, got 5",
		},
		"more readers than instances reserved for all": {
			options: Options{MaxConcurrency: 6}, all: Options{ReservedConcurrency: 5}, readsQueue: true,
			want: "send.reservedConcurrency must be at least 6, the instances that read its queue, got 5",
		},
		"fewer reserved instances than read by default": {
			options: Options{ReservedConcurrency: 1}, readsQueue: true,
			want: "send.reservedConcurrency must be at least 2, the instances that read its queue, got 1",
		},
		"one reserved instance of a function without a queue": {options: Options{ReservedConcurrency: 1}, want: ""},
		"subnets of no VPC": {
			options: Options{VpcSubnets: &awsec2.SubnetSelection{}},
			want:    "send.vpc is missing, which subnets and security groups need",
		},
		"a level of text": {
			options: Options{LogFormat: awslambda.LoggingFormat_TEXT, LogLevel: awslambda.ApplicationLogLevel_DEBUG},
			want:    "send.logFormat is Text, but levels need JSON",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var e validate.Errors
			test.options.Validate(&e, "send", test.readsQueue, test.all)
			if got := strings.Join(e, "; "); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestOptionsOfAllFunctionsFillInWhatIsLeftOut(t *testing.T) {
	all := Options{
		MemoryMB: 512, Tracing: awslambda.Tracing_ACTIVE, LogLevel: awslambda.ApplicationLogLevel_DEBUG,
		Environment: map[string]*string{"A": jsii.String("all"), "B": jsii.String("all")},
	}
	own := Options{MemoryMB: 1024, Environment: map[string]*string{"A": jsii.String("own")}}
	all.Spread(&own)
	if own.MemoryMB != 1024 || own.Tracing != awslambda.Tracing_ACTIVE || own.LogLevel != awslambda.ApplicationLogLevel_DEBUG ||
		*own.Environment["A"] != "own" || *own.Environment["B"] != "all" || *all.Environment["A"] != "all" {
		t.Errorf("the options are %+v", own)
	}
}
