package iam

import (
	"encoding/json"
	"testing"
)

func TestConditions(t *testing.T) {
	t.Parallel()
	type context = map[string][]string
	tests := []struct {
		name      string
		condition string
		context   context
		want      bool
	}{
		{"StringEquals takes any of its values", `{"StringEquals":{"k":["a","b"]}}`, context{"k": {"b"}}, true},
		{"StringEquals knows no wildcards", `{"StringEquals":{"k":"a*"}}`, context{"k": {"ab"}}, false},
		{"StringEquals fails without the key", `{"StringEquals":{"k":"a"}}`, nil, false},
		{"StringEqualsIfExists holds without the key", `{"StringEqualsIfExists":{"k":"a"}}`, nil, true},
		{"StringEqualsIfExists compares when the key is there", `{"StringEqualsIfExists":{"k":"a"}}`, context{"k": {"b"}}, false},
		{"StringNotEquals refuses each of its values", `{"StringNotEquals":{"k":["a","b"]}}`, context{"k": {"b"}}, false},
		{"StringNotEquals holds without the key", `{"StringNotEquals":{"k":"a"}}`, nil, true},
		{"StringEqualsIgnoreCase ignores case", `{"StringEqualsIgnoreCase":{"k":"aB"}}`, context{"k": {"Ab"}}, true},
		{"StringNotEqualsIgnoreCase ignores case", `{"StringNotEqualsIgnoreCase":{"k":"aB"}}`, context{"k": {"Ab"}}, false},
		{"StringLike knows wildcards", `{"StringLike":{"k":"a*c?"}}`, context{"k": {"abbcd"}}, true},
		{"StringNotLike knows wildcards", `{"StringNotLike":{"k":"a*"}}`, context{"k": {"ab"}}, false},
		{"an escaped star is a star", `{"StringLike":{"k":"a${*}"}}`, context{"k": {"ab"}}, false},
		{"a star in a variable's value is a star", `{"StringLike":{"k":"${other}"}}`, context{"k": {"ab"}, "other": {"a*"}}, false},
		{"a variable takes another key's value", `{"StringEquals":{"k":"${other}/x"}}`, context{"k": {"v/x"}, "other": {"v"}}, true},
		{"a variable may have a default", `{"StringEquals":{"k":"${other, 'd'}"}}`, context{"k": {"d"}}, true},
		{"a variable without value matches nothing", `{"StringLike":{"k":"${other}*"}}`, context{"k": {"d"}}, false},
		{"keys are found in any case", `{"StringEquals":{"AWS:sourceARN":"a"}}`, context{"aws:SourceArn": {"a"}}, true},
		{"every key has to hold", `{"StringEquals":{"k":"a","l":"b"}}`, context{"k": {"a"}, "l": {"c"}}, false},
		{"ArnLike matches part by part", `{"ArnLike":{"k":"arn:aws:budgets::000000000000:*"}}`, context{"k": {"arn:aws:budgets::000000000000:budget/b"}}, true},
		{"a star of ArnLike does not cross a colon", `{"ArnLike":{"k":"arn:aws:l*1:000000000000:function:x"}}`, context{"k": {"arn:aws:lambda:us-east-1:000000000000:function:x"}}, false},
		{"ArnEquals is ArnLike", `{"ArnEquals":{"k":"arn:aws:sqs:*:*:q?"}}`, context{"k": {"arn:aws:sqs:us-east-1:000000000000:q1"}}, true},
		{"ArnNotLike negates", `{"ArnNotLike":{"k":"arn:aws:sqs:*:*:q?"}}`, context{"k": {"arn:aws:sqs:us-east-1:000000000000:q1"}}, false},
		{"ArnNotEquals negates", `{"ArnNotEquals":{"k":"arn:aws:sqs:*:*:q"}}`, context{"k": {"arn:aws:sqs:us-east-1:000000000000:q1"}}, true},
		{"ArnLike fails on what is no ARN", `{"ArnLike":{"k":"arn:aws:sqs:*:*:q"}}`, context{"k": {"q"}}, false},
		{"Bool compares", `{"Bool":{"k":true}}`, context{"k": {"TRUE"}}, true},
		{"Bool fails without the key", `{"Bool":{"k":"false"}}`, nil, false},
		{"NumericEquals compares numbers, not text", `{"NumericEquals":{"k":10}}`, context{"k": {"10.0"}}, true},
		{"NumericNotEquals", `{"NumericNotEquals":{"k":"10"}}`, context{"k": {"11"}}, true},
		{"NumericLessThan", `{"NumericLessThan":{"k":"10"}}`, context{"k": {"9"}}, true},
		{"NumericLessThanEquals", `{"NumericLessThanEquals":{"k":"10"}}`, context{"k": {"10"}}, true},
		{"NumericGreaterThan", `{"NumericGreaterThan":{"k":"10"}}`, context{"k": {"10"}}, false},
		{"NumericGreaterThanEquals", `{"NumericGreaterThanEquals":{"k":"10"}}`, context{"k": {"10"}}, true},
		{"a number that is none matches nothing", `{"NumericLessThan":{"k":"10"}}`, context{"k": {"x"}}, false},
		{"DateGreaterThan reads the clock", `{"DateGreaterThan":{"aws:CurrentTime":"2026-05-04T00:00:00Z"}}`, nil, true},
		{"DateLessThan reads the clock", `{"DateLessThan":{"aws:CurrentTime":"2026-05-04T00:00:00Z"}}`, nil, false},
		{"dates may be seconds since the epoch", `{"DateEquals":{"k":"2026-05-04T03:02:01Z"}}`, context{"k": {"1777863721"}}, true},
		{"DateNotEquals", `{"DateNotEquals":{"k":"2026-05-04"}}`, context{"k": {"2026-05-05"}}, true},
		{"DateLessThanEquals", `{"DateLessThanEquals":{"k":"2026-05-04"}}`, context{"k": {"2026-05-04"}}, true},
		{"DateGreaterThanEquals", `{"DateGreaterThanEquals":{"aws:EpochTime":"2026-05"}}`, nil, true},
		{"IpAddress takes ranges", `{"IpAddress":{"k":"10.0.0.0/8"}}`, context{"k": {"10.1.2.3"}}, true},
		{"IpAddress takes single addresses", `{"IpAddress":{"k":"::1"}}`, context{"k": {"::1"}}, true},
		{"NotIpAddress negates", `{"NotIpAddress":{"k":"10.0.0.0/8"}}`, context{"k": {"10.1.2.3"}}, false},
		{"Null true asks for absence", `{"Null":{"k":"true"}}`, nil, true},
		{"Null false asks for presence", `{"Null":{"k":false}}`, nil, false},
		{"Null false holds when present", `{"Null":{"k":"false"}}`, context{"k": {"x"}}, true},
		{"ForAllValues asks every value", `{"ForAllValues:StringEquals":{"k":["a","b"]}}`, context{"k": {"a", "c"}}, false},
		{"ForAllValues holds without the key", `{"ForAllValues:StringEquals":{"k":"a"}}`, nil, true},
		{"ForAllValues negated asks that none match", `{"ForAllValues:StringNotEquals":{"k":"a"}}`, context{"k": {"b", "c"}}, true},
		{"ForAnyValue asks one value", `{"ForAnyValue:StringLike":{"k":["a*"]}}`, context{"k": {"x", "ab"}}, true},
		{"ForAnyValue fails without the key", `{"ForAnyValue:StringNotEquals":{"k":"a"}}`, nil, false},
		{"ForAnyValue negated asks that one does not match", `{"ForAnyValue:StringNotEquals":{"k":"a"}}`, context{"k": {"a", "b"}}, true},
		{"a negated operator without a set asks every value", `{"StringNotEquals":{"k":"a"}}`, context{"k": {"a", "b"}}, false},
		{"the caller's role has an ARN", `{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::000000000000:role/SendRole"}}`, nil, true},
		{"a role is no service", `{"Bool":{"aws:PrincipalIsAWSService":"false"},"Null":{"aws:PrincipalServiceName":"true","aws:SourceAccount":"true"}}`, nil, true},
		{"region and accounts are known", `{"StringEquals":{"aws:RequestedRegion":"us-east-1","aws:PrincipalAccount":"000000000000","aws:ResourceAccount":"000000000000","aws:PrincipalType":"AssumedRole"}}`, nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := newTestEngine()
			e.PutRole("SendRole", mustParse(t, "P", Identity,
				one(`{"Effect":"Allow","Action":"a:B","Resource":"*","Condition":`+tt.condition+`}`)))
			got := e.Authorize(Request{Caller: send(), Action: "a:B", Resource: "*", Context: tt.context})
			if got.Allowed != tt.want {
				t.Fatalf("got %+v, want allowed %t", got, tt.want)
			}
		})
	}
}

func TestVariablesAreTextInTheOldVersion(t *testing.T) {
	t.Parallel()
	e := newTestEngine()
	e.PutRole("SendRole", mustParse(t, "P", Identity,
		`{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"a:B","Resource":"*","Condition":{"StringEquals":{"k":"${aws:PrincipalAccount}"}}}}`))
	for value, want := range map[string]bool{"${aws:PrincipalAccount}": true, "000000000000": false} {
		got := e.Authorize(Request{Caller: send(), Action: "a:B", Resource: "*", Context: map[string][]string{"k": {value}}})
		if got.Allowed != want {
			t.Errorf("%s: got %+v", value, got)
		}
	}
}

// FuzzParse checks that no document makes the engine panic and that what it accepts does not depend on the cache.
func FuzzParse(f *testing.F) {
	f.Add(one(`{"Effect":"Allow","Action":"dynamodb:*","Resource":["*"],"Condition":{"ForAnyValue:StringLikeIfExists":{"k":["a${k}*"]}}}`), "k", "v")
	f.Add(one(`[{"Effect":"Deny","NotAction":["a:b"],"NotResource":"arn:aws:s3:::${x, 'y'}?"}]`), "x", "")
	f.Add(one(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"k":"::/0"},"NumericLessThan":{"k":-1.5},"Null":{"q":true}}}`), "k", "::1")
	f.Add(one(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"DateEquals":{"k":"2026"},"ArnLike":{"k":"arn:*:*:*:*:*"}}}`), "k", "2026")
	f.Fuzz(func(t *testing.T, document, key, value string) {
		for _, kind := range []Kind{Identity, Resource} {
			p, err := parseJSON("P", kind, document)
			if err != nil {
				continue
			}
			e := newTestEngine()
			e.PutRole("SendRole", p)
			if kind == Resource {
				e.PutRole("SendRole")
				e.PutResourcePolicy(tableARN, p)
			}
			r := Request{Caller: send(), Action: "dynamodb:Query", Resource: tableARN, Context: map[string][]string{key: {value}}}
			first, second := e.Authorize(r), e.Authorize(r)
			if first != second {
				t.Fatalf("asked twice: %+v, then %+v", first, second)
			}
			if _, err := json.Marshal(e.Report()); err != nil {
				t.Fatal(err)
			}
		}
	})
}
