package snapshot

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/cxapi"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
)

// Nag fails on every finding of cdk-nag's AwsSolutions rules that has no suppression beside its resource.
func Nag(t *testing.T, app awscdk.App, stack awscdk.Stack) {
	t.Helper()
	awscdk.Aspects_Of(app).Add(cdknag.NewAwsSolutionsChecks(&cdknag.NagPackProps{Verbose: jsii.Bool(true)}), nil)
	defer func() {
		if reason := recover(); reason != nil { // the findings stand in the output; the report's path is of no use
			t.Errorf("cdk-nag: %v", reason)
		}
	}()
	found := assertions.Annotations_FromStack(stack)
	rule := assertions.Match_StringLikeRegexp(jsii.String("(AwsSolutions-|CdkNag).*"))
	for _, messages := range []*[]*cxapi.SynthesisMessage{
		found.FindError(jsii.String("*"), rule), found.FindWarning(jsii.String("*"), rule),
	} {
		for _, m := range *messages {
			t.Errorf("%s: %v", *m.Id, m.Entry.Data)
		}
	}
}
