package endpoint

import (
	"net/http"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/operation"
	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
	"github.com/hermes-cdk/hermes/infra/local/internal/iam"
)

// Authorize evaluates the policies for action on resource with the condition keys of context. The error is a *wire.Error,
// AccessDeniedException with status 403 and AWS's message; the denial is recorded (see Denied).
func (f *Front) Authorize(caller iam.Caller, action, resource string, context map[string][]string) error {
	// A nil *wire.Error must not become an error that is not nil.
	if e := f.authorize(caller, action, resource, context); e != nil {
		return e
	}
	return nil
}

func (f *Front) authorize(caller iam.Caller, action, resource string, context map[string][]string) *wire.Error {
	if caller.Admin {
		return nil
	}
	d := f.iam.Authorize(iam.Request{Caller: caller, Action: action, Resource: resource, Context: context})
	if d.Allowed {
		return nil
	}
	f.denied.add(Denial{
		Time: f.now(), Function: caller.Function, Role: caller.Role, Caller: caller.ARN,
		Action: action, Resource: resource, Explicit: d.Explicit, Reason: d.Reason,
	})
	return &wire.Error{Code: "AccessDeniedException", Message: d.Reason, Status: http.StatusForbidden}
}

// authorizeOperation authorizes every permission that an operation needs; the first one missing denies it.
func (f *Front) authorizeOperation(caller iam.Caller, op *operation.Operation) *wire.Error {
	if caller.Admin {
		return nil
	}
	if !op.Known {
		reason := "User: " + caller.ARN + " is not authorized to perform: " + op.Service + ":" + op.Name +
			" because the local stage does not know which permissions this operation needs"
		f.denied.add(Denial{
			Time: f.now(), Function: caller.Function, Role: caller.Role, Caller: caller.ARN,
			Action: op.Service + ":" + op.Name, Resource: "*", Reason: reason,
		})
		return accessDenied(op, reason)
	}
	for _, g := range op.Grants {
		if e := f.authorize(caller, g.Action, g.Resource, g.Context); e != nil {
			return accessDenied(op, e.Message)
		}
	}
	return nil
}

// accessDenied is a denial in the form of the service of op.
func accessDenied(op *operation.Operation, reason string) *wire.Error {
	e := &wire.Error{Code: "AccessDeniedException", Message: reason, Status: http.StatusForbidden}
	switch {
	case op.Protocol == wire.RESTXML:
		e.Code = "AccessDenied"
	case op.Protocol == wire.Query && op.Service == "sns":
		e.Code = "AuthorizationError"
	case op.Protocol == wire.Query:
		e.Code = "AccessDenied"
	case op.Service == "sqs":
		e.QueryCode = "AccessDenied"
	case op.Protocol == wire.JSON10, op.Protocol == wire.JSON11:
		e.Status = http.StatusBadRequest
	}
	return e
}
