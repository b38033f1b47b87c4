// Package api adapts the scheduler's domain to events of an HTTP API (payload format 2.0) and serves the OpenAPI
// document that describes it.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
package api
