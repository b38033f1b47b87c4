// Package resource makes tables, queues and log groups with the defaults of this module: encrypted, recoverable, and
// closed to plain http. It takes those that an app gives instead, and checks them as far as they are known.
package resource

import (
	"cmp"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
)

// Options are common to what a construct makes.
type Options struct {
	RemovalPolicy awscdk.RemovalPolicy
	Key           awskms.IKey // nil for a key of AWS
}

// RemovalPolicy is policy, or the default: what holds data stays when it leaves the stack, unless its creation is rolled
// back, so that a first deployment that fails leaves nothing behind.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
func RemovalPolicy(policy awscdk.RemovalPolicy) awscdk.RemovalPolicy {
	return cmp.Or(policy, awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE)
}

// Seconds is d as CDK's Duration.
func Seconds(d time.Duration) awscdk.Duration {
	return awscdk.Duration_Seconds(jsii.Number(d.Seconds()))
}
