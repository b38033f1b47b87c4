package assembly

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// FuzzProperties puts any JSON value into a property. Whatever Load accepts must resolve the same way twice, without
// an intrinsic left over, or name the place that is wrong.
func FuzzProperties(f *testing.F) {
	for _, seed := range []string{
		`{"Ref":"A"}`, `{"Fn::GetAtt":["A","Arn"]}`, `{"Fn::Sub":["${A}${x}${!y}",{"x":{"Fn::Base64":"z"}}]}`,
		`{"Fn::Join":["-",{"Fn::Split":["a",{"Fn::Select":["0",{"Ref":"List"}]}]}]}`, `{"Fn::If":["No",1,{"Ref":"AWS::NoValue"}]}`,
		`{"Fn::FindInMap":["M","a","b"]}`, `[[],{},null,true,1.50,"{{resolve:secretsmanager:x:SecretString:k}}"]`, `{"Fn::Sub":"${"}`,
		`{"Fn::ImportValue":{"Fn::Sub":"ba${List}"}}`, `{"Ref":["A"]}`, `{"Fn::Select":[-1,[]]}`, `{"Fn::If":[{"Ref":"A"},1,2]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if !json.Valid([]byte(value)) {
			return
		}
		a, err := Load(write(t, in(value)))
		if err != nil {
			return
		}
		r := NewResolver(a, Options{Secret: func(SecretReference) (string, error) { return "secret", nil }})
		setAll(a, r)
		z := a.Stacks[0].Order[1]
		first, err := r.Properties(z)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "assembly: stack S: resource Z (U): Properties.P.Q[0]") {
				t.Fatalf("the error does not say where: %v", err)
			}
			return
		}
		second, err := r.Properties(z)
		if err != nil || !reflect.DeepEqual(first, second) {
			t.Fatalf("got %v, then %v (%v)", first, second, err)
		}
		if left := intrinsicIn(first); left != "" {
			t.Fatalf("%s is left in %v", left, first)
		}
	})
}

func intrinsicIn(v any) string {
	switch v := v.(type) {
	case map[string]any:
		if name, _, ok := function(v); ok {
			return name
		}
		for _, item := range v {
			if name := intrinsicIn(item); name != "" {
				return name
			}
		}
	case []any:
		for _, item := range v {
			if name := intrinsicIn(item); name != "" {
				return name
			}
		}
	}
	return ""
}

// FuzzParseSecretReference checks that every part comes from the text.
func FuzzParseSecretReference(f *testing.F) {
	f.Add("arn:aws:secretsmanager:us-east-1:000000000000:secret:N-a:SecretString:k:s:")
	f.Add("n")
	f.Fuzz(func(t *testing.T, text string) {
		ref, err := ParseSecretReference(text)
		if err != nil {
			return
		}
		if ref.ID == "" || !strings.HasPrefix(text, ref.ID) || !strings.Contains(text, ref.Key) {
			t.Fatalf("%q gives %+v", text, ref)
		}
	})
}
