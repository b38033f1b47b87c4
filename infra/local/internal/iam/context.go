package iam

import (
	"strconv"
	"strings"
	"time"
)

// A requestContext looks up the condition keys of one request.
type requestContext struct {
	request *Request
	account string
	region  string
	now     func() time.Time
}

// values returns a key's values; the case of the key does not matter. Keys of the request take precedence over global ones.
func (c *requestContext) values(key string) ([]string, bool) {
	if v, ok := c.request.Context[key]; ok {
		return v, true
	}
	for k, v := range c.request.Context {
		if strings.EqualFold(k, key) {
			return v, true
		}
	}
	v, ok := c.global(strings.ToLower(key))
	if !ok {
		return nil, false
	}
	return []string{v}, true
}

// lookup returns the value of a key that has exactly one, for policy variables.
func (c *requestContext) lookup(key string) (string, bool) {
	v, ok := c.values(key)
	if !ok || len(v) != 1 {
		return "", false
	}
	return v[0], true
}

// global returns the global condition keys every request has
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html). aws:SecureTransport is
// true: the same binaries use https on AWS, and a policy that demands it must not refuse them here.
func (c *requestContext) global(key string) (string, bool) {
	caller := c.request.Caller
	isService := caller.Service != ""
	switch key {
	case "aws:securetransport":
		return "true", true
	case "aws:requestedregion":
		return c.region, true
	case "aws:resourceaccount":
		return c.account, true
	case "aws:currenttime":
		return c.now().UTC().Format(time.RFC3339), true
	case "aws:epochtime":
		return strconv.FormatInt(c.now().Unix(), 10), true
	case "aws:principalisawsservice":
		return strconv.FormatBool(isService), true
	case "aws:principalservicename":
		return caller.Service, isService
	case "aws:sourceaccount":
		return c.account, isService
	case "aws:principalaccount":
		return c.account, !isService
	case "aws:principaltype":
		return "AssumedRole", !isService
	case "aws:principalarn":
		return roleARN(c.account, caller.Role), caller.Role != ""
	}
	return "", false
}
