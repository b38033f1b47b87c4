package policy

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
)

const route = "arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/GET/pets/1"

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
func TestDecide(t *testing.T) {
	t.Parallel()
	one := func(effect, action, resource string) string {
		return fmt.Sprintf(`{"Effect":%q,"Action":%q,"Resource":%q}`, effect, action, resource)
	}
	with := func(condition string) string {
		return `{"Effect":"Allow","Action":"*","Resource":"*","Condition":` + condition + `}`
	}
	cases := []struct {
		name       string
		statements string
		want       Decision
	}{
		{"the very ARN", one("Allow", "execute-api:Invoke", route), Allow},
		{"an action in other letters", one("Allow", "EXECUTE-API:invoke", route), Allow},
		{"an ARN in other letters is another one", one("Allow", "*", "arn:aws:execute-api:us-east-1:123456789012:ABCDEF123/*"), ImplicitDeny},
		{"a star spans slashes", one("Allow", "execute-api:*", "arn:aws:execute-api:*/GET/*"), Allow},
		{"a question mark is one character", one("Allow", "*", "*/pets/?"), Allow},
		{"a question mark is not none", one("Allow", "*", "*/pets/1?"), ImplicitDeny},
		{"another action", one("Allow", "execute-api:ManageConnections", "*"), ImplicitDeny},
		{"another route", one("Allow", "*", "*/GET/pets/2"), ImplicitDeny},
		{"deny after allow", one("Allow", "*", "*") + "," + one("Deny", "*", "*"), ExplicitDeny},
		{"deny before allow", one("Deny", "*", "*") + "," + one("Allow", "*", "*"), ExplicitDeny},
		{"deny of something else", one("Allow", "*", "*") + "," + one("Deny", "*", "*/POST/*"), Allow},
		{"lists", `{"Effect":"Allow","Action":["a:b","execute-api:Invoke"],"Resource":["x","` + route + `"]}`, Allow},
		{"NotResource that names the route", `{"Effect":"Allow","Action":"*","NotResource":"` + route + `"}`, ImplicitDeny},
		{"NotResource that names another", `{"Effect":"Allow","Action":"*","NotResource":"x"}`, Allow},
		{"NotAction that names the action", `{"Effect":"Allow","NotAction":"execute-api:*","Resource":"*"}`, ImplicitDeny},
		{"a condition that holds", with(`{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","127.0.0.0/8"]}}`), Allow},
		{"a condition that does not hold", with(`{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`), ImplicitDeny},
		{"a single address", with(`{"IpAddress":{"AWS:sourceip":"127.0.0.1"}}`), Allow},
		{"a negated condition", with(`{"NotIpAddress":{"aws:SourceIp":"127.0.0.1"}}`), ImplicitDeny},
		{"a condition on a missing key", with(`{"StringEquals":{"aws:PrincipalTag/x":"y"}}`), ImplicitDeny},
		{"a negated condition on a missing key", with(`{"StringNotEquals":{"aws:PrincipalTag/x":"y"}}`), Allow},
		{"IfExists on a missing key", with(`{"StringEqualsIfExists":{"aws:PrincipalTag/x":"y"}}`), Allow},
		{"two conditions, one of which fails", with(`{"StringLike":{"aws:UserAgent":"Moz*"},"IpAddress":{"aws:SourceIp":"10.0.0.1"}}`), ImplicitDeny},
		{"an empty condition block", with(`{}`), Allow},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d, err := Parse([]byte(`{"Version":"2012-10-17","Statement":[` + tc.statements + `]}`))
			if err != nil {
				t.Fatal(err)
			}
			got := d.Decide(Request{Action: "execute-api:Invoke", Resource: route, Context: map[string]string{
				"aws:sourceip": "127.0.0.1", "aws:useragent": "Mozilla/5.0",
			}})
			if got != tc.want {
				t.Errorf("decision %d, want %d", got, tc.want)
			}
		})
	}
	t.Run("one statement need not be a list", func(t *testing.T) {
		t.Parallel()
		d, err := Parse([]byte(`{"Statement":` + one("Allow", "*", "*") + `}`))
		if err != nil || d.Decide(Request{Action: "a:b", Resource: "c"}) != Allow {
			t.Errorf("error %v", err)
		}
	})
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, document, want string }{
		{"what is no JSON", `{`, "policy: parse: malformed policy document: unexpected end of JSON input"},
		{"a policy without statements", `{}`, "policy: parse: malformed policy document: Statement is missing"},
		{
			"an unknown effect", `{"Statement":[{"Effect":"Maybe","Action":"*","Resource":"*"}]}`,
			`policy: statement 0: malformed policy document: the Effect is "Maybe", not Allow or Deny`,
		},
		{
			"no action", `{"Statement":{"Effect":"Allow","Resource":"*"}}`,
			"policy: statement 0: malformed policy document: it needs either Action or NotAction",
		},
		{
			"no resource", `{"Statement":{"Effect":"Allow","Action":"*"}}`,
			"policy: statement 0: malformed policy document: it needs either Resource or NotResource",
		},
		{
			"an unknown operator", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ArnLike":{"a":"b"}}}}`,
			`policy: statement 0: malformed policy document: the condition operator "ArnLike" is not supported`,
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if _, err := Parse([]byte(tc.document)); err == nil || err.Error() != tc.want || !errors.Is(err, ErrMalformed) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
func TestStrings(t *testing.T) {
	t.Parallel()
	got, err := Strings(map[string]json.RawMessage{
		"s": json.RawMessage(`"a\"b"`), "n": json.RawMessage(`1.50`), "b": json.RawMessage(`true`),
	})
	if err != nil || fmt.Sprint(got) != `map[b:true n:1.50 s:a"b]` {
		t.Errorf("%v %v", got, err)
	}
	for _, value := range []string{`{}`, `[1]`, `null`} {
		_, err := Strings(map[string]json.RawMessage{"x": json.RawMessage(value)})
		want := `policy: context value "x": malformed policy document: it is neither string, number nor boolean`
		if err == nil || err.Error() != want {
			t.Errorf("%s: error %v", value, err)
		}
	}
}

func FuzzParseAnswer(f *testing.F) {
	f.Add(`{"principalId":"u","policyDocument":{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]},"context":{"a":1}}`)
	f.Add(`{"principalId":"u","policyDocument":{"Statement":{"Effect":"Deny","NotAction":["a"],"NotResource":"b","Condition":{"IpAddress":{"x":"y"}}}}}`)
	f.Add(`{"principalId":"","policyDocument":null}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, response string) {
		a, err := ParseAnswer([]byte(response))
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("error %v", err)
			}
			return
		}
		a.Policy.Decide(Request{Action: "a:b", Resource: "c", Context: map[string]string{"x": "y"}})
		Strings(a.Context) //nolint:errcheck // must not panic
	})
}

func FuzzMatch(f *testing.F) {
	f.Add("a*b?c", "axxbxc")
	f.Add("**", "")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if match(pattern, s) && !match("*"+pattern, "prefix"+s) {
			t.Errorf("%q matches %q, but with a leading star not what precedes it", pattern, s)
		}
	})
}
