// Package lambda runs Lambda functions of the runtime provided.al2023 as processes of this machine.
//
// A Supervisor owns the functions that were registered with it. Each invocation gets an instance to itself: a process that
// started from the function's `bootstrap` and speaks the Lambda Runtime API with a listener of its own. An idle instance is
// frozen, as on AWS, and ended after some minutes. Timeouts, exits, init errors, payload limits and throttles are reported in
// AWS's words, so that a caller sees no difference.
//
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
package lambda
