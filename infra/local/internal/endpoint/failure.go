package endpoint

import (
	"net/http"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/operation"
	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
)

// serverErrors are the services' codes for internal errors (the Errors section of each API reference).
var serverErrors = map[string]string{
	"dynamodb":       "InternalServerError",
	"sqs":            "InternalError",
	"sns":            "InternalError",
	"s3":             "InternalError",
	"secretsmanager": "InternalServiceError",
	"ses":            "InternalServiceErrorException",
	"lambda":         "ServiceException",
	"monitoring":     "InternalServiceFault",
}

func serverError(service string) *wire.Error {
	code := serverErrors[service]
	if code == "" {
		code = "InternalFailure"
	}
	return &wire.Error{Code: code, Status: http.StatusInternalServerError, Message: "We encountered an internal error. Please try again."}
}

// throttles are the services' throttling errors; the default is ThrottlingException with status 400.
var throttles = map[string]wire.Error{
	"dynamodb": {Code: "ProvisionedThroughputExceededException", Message: "The level of configured provisioned throughput for the " +
		"table was exceeded. Consider increasing your provisioning level with the UpdateTable API."},
	"sqs":    {Code: "RequestThrottled", Message: "The request was denied due to request throttling.", Status: http.StatusForbidden},
	"sns":    {Code: "Throttled", Message: "Rate exceeded", Status: http.StatusTooManyRequests},
	"s3":     {Code: "SlowDown", Message: "Please reduce your request rate.", Status: http.StatusServiceUnavailable},
	"lambda": {Code: "TooManyRequestsException", Message: "Rate Exceeded.", Status: http.StatusTooManyRequests},
	"ses":    {Code: "TooManyRequestsException", Message: "Maximum sending rate exceeded.", Status: http.StatusTooManyRequests},
}

func throttled(op *operation.Operation) *wire.Error {
	e, ok := throttles[op.Service]
	if !ok {
		e = wire.Error{Code: "ThrottlingException", Message: "Rate exceeded"}
	}
	return &e
}
