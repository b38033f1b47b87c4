// Package httpapi runs one API Gateway HTTP API on this machine: stages, routes, Lambda proxy integrations with
// payload format 2.0, Lambda and IAM authorization, CORS and throttling.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html
package httpapi
