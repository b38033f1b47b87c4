package endpoint

import (
	"context"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/operation"
	"github.com/hermes-cdk/hermes/infra/local/internal/iam"
)

// A call is what is known of a request once it is authenticated and identified.
type call struct {
	caller iam.Caller
	op     operation.Operation
	host   string  // to which the caller sent it
	units  float64 // billed; a service's handler may know better than the request
	traced bool    // a receive that asks for trace headers
}

type callKey struct{}

func callFrom(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{}
}
