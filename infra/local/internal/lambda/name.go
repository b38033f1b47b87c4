package lambda

import (
	"fmt"
	"strings"
)

const latest = "$LATEST"

// A name is what a caller may write to name a function.
type name struct {
	region, account, function, qualifier string // all but function may be ""
}

// parseName reads a function's name, ARN or partial ARN, each with or without a qualifier:
//
//	send   send:live   000000000000:function:send   arn:aws:lambda:us-east-1:000000000000:function:send:live
//
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestParameters
func parseName(s string) (name, error) {
	parts := strings.Split(s, ":")
	n := name{}
	switch {
	case len(parts) >= 7 && parts[0] == "arn" && parts[2] == "lambda" && parts[5] == "function":
		n.region, n.account, parts = parts[3], parts[4], parts[6:]
	case len(parts) >= 3 && parts[1] == "function":
		n.account, parts = parts[0], parts[2:]
	}
	if len(parts) > 2 || !functionName.MatchString(parts[0]) {
		return name{}, fmt.Errorf("%w: %q is not a function's name or ARN", ErrNotFound, s)
	}
	n.function = parts[0]
	if len(parts) == 2 {
		n.qualifier = parts[1]
	}
	return n, nil
}

// invokedARN is the ARN that the function sees in its context.
func invokedARN(f Function, qualifier string) string {
	if qualifier == "" {
		return f.ARN
	}
	return f.ARN + ":" + qualifier
}
