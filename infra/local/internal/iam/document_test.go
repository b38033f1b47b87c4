package iam

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func parseJSON(source string, kind Kind, document string) (Policy, error) {
	decoder := json.NewDecoder(strings.NewReader(document))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return Policy{}, err
	}
	return Parse(source, kind, v)
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		kind     Kind
		document string
		want     string
	}{
		{"what is no object", Identity, `[]`, "iam: policy: Pol: a policy document is an object, not []interface {}"},
		{"unknown elements", Identity, `{"Statements":[]}`, "iam: policy: Pol: element Statements is not supported"},
		{"unknown versions", Identity, `{"Version":"2020-01-01"}`, "iam: policy: Pol: version 2020-01-01 is neither 2012-10-17 nor 2008-10-17"},
		{"unknown statement elements", Identity, one(`{"Effekt":"Allow"}`), "iam: policy: Pol: statement 0: element Effekt is not supported"},
		{"a principal in an identity policy", Identity, one(`{"Effect":"Allow","Action":"a:b","Resource":"*","Principal":"*"}`), "iam: policy: Pol: statement 0: element Principal is not supported"},
		{"NotPrincipal", Resource, one(`{"Effect":"Deny","Action":"a:b","NotPrincipal":"*"}`), "iam: policy: Pol: statement 0: element NotPrincipal is not supported"},
		{"unknown effects", Identity, one(`{"Effect":"allow"}`), "iam: policy: Pol: statement 0: effect allow is neither Allow nor Deny"},
		{"a statement without action", Identity, one(`{"Effect":"Allow","Resource":"*"}`), "iam: policy: Pol: statement 0: has neither Action nor NotAction"},
		{"a statement with both forms", Identity, one(`{"Effect":"Allow","Action":"a:b","NotAction":"a:c","Resource":"*"}`), "iam: policy: Pol: statement 0: has both Action and NotAction"},
		{"an empty list", Identity, one(`{"Effect":"Allow","Action":[],"Resource":"*"}`), "iam: policy: Pol: statement 0: Action is empty"},
		{"an action without service", Identity, one(`{"Effect":"Allow","Action":"GetItem","Resource":"*"}`), `iam: policy: Pol: statement 0: action "GetItem" is not of the form service:Operation`},
		{"an identity policy without resource", Identity, one(`{"Effect":"Allow","Action":"a:b"}`), "iam: policy: Pol: statement 0: has neither Resource nor NotResource"},
		{"a resource that is no ARN", Identity, one(`{"Effect":"Allow","Action":"a:b","Resource":"table"}`), `iam: policy: Pol: statement 0: resource "table" is neither an ARN nor *`},
		{"a resource that is no text", Identity, one(`{"Effect":"Allow","Action":"a:b","Resource":{"Ref":"X"}}`), "iam: policy: Pol: statement 0: Resource: map[Ref:X] (map[string]interface {}) is not a string"},
		{"a resource policy without principal", Resource, one(`{"Effect":"Allow","Action":"a:b"}`), `iam: policy: Pol: statement 0: principal <nil> is neither "*" nor an object`},
		{"a kind of principal it cannot check", Resource, one(`{"Effect":"Allow","Action":"a:b","Principal":{"Federated":"x"}}`), "iam: policy: Pol: statement 0: principal: element Federated is not supported"},
		{"a wildcard inside a principal", Resource, one(`{"Effect":"Allow","Action":"a:b","Principal":{"AWS":"arn:aws:iam::000000000000:role/*"}}`), `iam: policy: Pol: statement 0: principal "arn:aws:iam::000000000000:role/*" is not an account, an ARN or *`},
		{"unknown condition operators", Identity, one(`{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"BinaryEquals":{"k":"QQ=="}}}`), "iam: policy: Pol: statement 0: condition BinaryEquals k: operator is not supported"},
		{"unknown set operators", Identity, one(`{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"ForSome:Bool":{"k":"true"}}}`), `iam: policy: Pol: statement 0: condition ForSome:Bool k: set operator "ForSome" is not known`},
		{"a number that is none", Identity, one(`{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"NumericEquals":{"k":"1e9"}}}`), `iam: policy: Pol: statement 0: condition NumericEquals k: "1e9" is not a number`},
		{"a date that is none", Identity, one(`{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"DateEquals":{"k":"soon"}}}`), `iam: policy: Pol: statement 0: condition DateEquals k: "soon" is not a date`},
		{"a range that is none", Identity, one(`{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"IpAddress":{"k":"10.0.0.0/99"}}}`), `iam: policy: Pol: statement 0: condition IpAddress k: "10.0.0.0/99" is neither an IP address nor a range`},
		{"an ARN that is none", Identity, one(`{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"ArnLike":{"k":"arn:aws:sqs"}}}`), `iam: policy: Pol: statement 0: condition ArnLike k: "arn:aws:sqs" is not an ARN`},
		{"a truth value that is none", Identity, one(`{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"Bool":{"k":"yes"}}}`), `iam: policy: Pol: statement 0: condition Bool k: "yes" is neither true nor false`},
		{"a condition without values", Identity, one(`{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"Bool":{"k":[]}}}`), "iam: policy: Pol: statement 0: condition Bool k: has no values"},
		{"an open variable", Identity, one(`{"Effect":"Allow","Action":"a:b","Resource":"arn:aws:s3:::${aws:x"}`), `iam: policy: Pol: statement 0: resource: "arn:aws:s3:::${aws:x" has a variable without a name or without }`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := parseJSON("Pol", tt.kind, tt.document)
			if err == nil || err.Error() != tt.want {
				t.Fatalf("got  %v\nwant %s", err, tt.want)
			}
			if !errors.Is(err, ErrPolicy) {
				t.Fatal("it does not wrap ErrPolicy")
			}
		})
	}
}
