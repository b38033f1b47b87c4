package notificationhub

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/nag"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// explain notes beside each resource why a rule of cdk-nag does not apply to it.
func (h *notificationHub) explain() {
	if h.props.SigningSecret == nil {
		rotation := nag.Suppression{
			Rule: "AwsSolutions-SMG4",
			Reason: "Keys rotate by hand, with previous_signing_key valid beside the new one: only the owner of the issuing " +
				"backends knows when all of them sign with the new key.",
		}
		nag.Suppress(h.secret, rotation)
		nag.Suppress(h.Node().FindChild(jsii.String("Passcode")), rotation)
	}
	for _, name := range []string{contract.FunctionSend, contract.FunctionBroadcast, contract.FunctionDeliver} {
		nag.Suppress(h.functions[name].Role().Node().FindChild(jsii.String("DefaultPolicy")), nag.Suppression{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "A connection's id is made when it connects; AWS has no resource between the method and all of them.",
			AppliesTo: `/^Resource::.*\/(POST|GET|DELETE)\/@connections\/\*$/g`,
		})
	}
	for _, key := range append([]string{contract.RouteDisconnect, contract.RouteDefault}, contract.Actions()...) {
		nag.Suppress(h.route(key), nag.Suppression{
			Rule:   "AwsSolutions-APIG4",
			Reason: "A WebSocket API authorizes a connection once, at $connect; every later route belongs to it.",
		})
	}
	if h.props.logsAccess() {
		return
	}
	nag.Suppress(h.stage, nag.Suppression{
		Rule: "AwsSolutions-APIG1",
		Reason: "Access logs of a WebSocket API need a CloudWatch role that is set for the whole account and region, which is " +
			"not a construct's to change; the functions log every connection and message.",
	})
}

// route finds a route by its key.
func (h *notificationHub) route(key string) constructs.IConstruct {
	if h.ownApi != nil {
		return h.ownApi.Node().FindChild(jsii.String(routeID(key)))
	}
	return h.Node().FindChild(jsii.String(routeID(key)))
}
