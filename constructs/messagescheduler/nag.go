package messagescheduler

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/nag"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

// explain notes beside each resource why a rule of cdk-nag does not apply to it.
func (s *messageScheduler) explain() {
	s.explainSecrets()
	s.explainBucket()
	s.explainPolicies()
	s.explainRoutes()
}

func (s *messageScheduler) explainSecrets() {
	if s.props.SigningSecret != nil {
		return
	}
	rotation := nag.Suppression{
		Rule: "AwsSolutions-SMG4",
		Reason: "Keys rotate by hand, with previous_signing_key valid beside the new one: only the owner of the callers " +
			"knows when all of them sign with the new key; links in mails must stay valid for as long as mails are kept.",
	}
	nag.Suppress(s.secret, rotation)
	nag.Suppress(s.Node().FindChild(jsii.String("LinkKey")), rotation)
}

func (s *messageScheduler) explainBucket() {
	if s.props.Bucket != nil || (s.props.BucketProps != nil && s.props.BucketProps.ServerAccessLogsBucket != nil) {
		return
	}
	nag.Suppress(s.bucket.(awss3.Bucket), nag.Suppression{
		Rule: "AwsSolutions-S1",
		Reason: "Only the scheduler's functions have access, and they log what they read and write; BucketProps takes a " +
			"bucket for access logs where one is wanted.",
	})
}

func (s *messageScheduler) explainPolicies() {
	objects := nag.Suppression{
		Rule:      "AwsSolutions-IAM5",
		Reason:    "An object's key is made when its message is scheduled; AWS has no resource between the prefix and all of them.",
		AppliesTo: `/^Resource::.+\/\*$/g`,
	}
	rate := nag.Suppression{
		Rule:      "AwsSolutions-IAM5",
		Reason:    "The rate at which SES takes mails is the account's; ses:GetAccount has no resource level.",
		AppliesTo: `/^Resource::\*$/g`,
	}
	for _, name := range []string{contract.FunctionSchedule, contract.FunctionDispatch, contract.FunctionExpand} {
		nag.Suppress(s.policy(name), objects)
	}
	if !s.sendsMail() {
		return
	}
	deliver := []nag.Suppression{objects}
	if s.props.SendRate == 0 {
		deliver = append(deliver, rate)
	}
	nag.Suppress(s.policy(contract.FunctionDeliver), deliver...)
}

// policy is that of a function's role; statements added to the role gather there.
func (s *messageScheduler) policy(function string) constructs.IConstruct {
	return s.functions[function].Role().Node().FindChild(jsii.String("DefaultPolicy"))
}

func (s *messageScheduler) explainRoutes() {
	open := map[string]string{
		contract.RouteOpenAPI: "The document of the API is public; it holds no data.",
	}
	for _, key := range contract.RoutesLinks() {
		open[key] = "Links in mails work without a login (RFC 8058); each carries a signature of its own, which the function checks."
	}
	if s.props.AllowUnauthenticated {
		for _, key := range append(contract.RoutesSchedule(), contract.RoutesSubscribers()...) {
			open[key] = "The app asked for an open API with AllowUnauthenticated."
		}
	}
	for key, reason := range open {
		nag.Suppress(s.routes[key], nag.Suppression{Rule: "AwsSolutions-APIG4", Reason: reason})
	}
}
