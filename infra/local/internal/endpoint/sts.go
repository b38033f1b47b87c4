package endpoint

import (
	"net/http"
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
)

const stsNamespace = "https://sts.amazonaws.com/doc/2011-06-15/"

// callerIdentity serves GetCallerIdentity of STS.
type callerIdentity struct{ account string }

// ServeHTTP implements http.Handler.
func (s callerIdentity) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := callFrom(r.Context())
	if c.op.Name != "GetCallerIdentity" {
		c.op.Protocol.WriteError(w, &wire.Error{Code: "InvalidAction", Message: "Could not find operation " + c.op.Name})
		return
	}
	id := "AIDALOCALADMINISTRATOR"
	if !c.caller.Admin {
		id = "AROALOCAL:" + c.caller.ARN[strings.LastIndexByte(c.caller.ARN, '/')+1:]
	}
	wire.WriteQuery(w, stsNamespace, "GetCallerIdentity", "<Arn>"+wire.Escape(c.caller.ARN)+"</Arn><UserId>"+wire.Escape(id)+
		"</UserId><Account>"+s.account+"</Account>")
}
