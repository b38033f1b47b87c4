package assembly

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// setAll makes every resource known: Ref gives "ref-<id>", attributes Arn, Id and ApiEndpoint.
func setAll(a *Assembly, r *Resolver) {
	for _, s := range a.Stacks {
		for _, resource := range s.Order {
			r.Set(resource, Values{Ref: "ref-" + resource.LogicalID, Attributes: map[string]any{
				"Arn":         "arn:aws:x:us-east-1:000000000000:" + resource.LogicalID,
				"Id":          "arn:aws:secretsmanager:us-east-1:000000000000:secret:" + resource.LogicalID + "-AbCdEf",
				"ApiEndpoint": "https://api0000000.execute-api.us-east-1.amazonaws.com",
				"List":        []any{"one", "two"},
			}})
		}
	}
}

func resolved(t *testing.T, a *Assembly, r *Resolver, stack, id string) string {
	t.Helper()
	for _, s := range a.Stacks {
		for _, resource := range s.Order {
			if s.Name != stack || resource.LogicalID != id {
				continue
			}
			properties, err := r.Properties(resource)
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(properties)
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
	}
	t.Fatalf("no resource %s/%s", stack, id)
	return ""
}

func TestPropertiesResolveIntrinsics(t *testing.T) {
	t.Parallel()
	a := mustLoad(t, "testdata/shop")
	r := NewResolver(a, Options{
		Secret: func(ref SecretReference) (string, error) {
			return "[" + ref.ID + " " + ref.Key + "]", nil
		},
		Rewrite: func(s string) string {
			return strings.ReplaceAll(s, "https://api0000000.execute-api.us-east-1.amazonaws.com", "http://127.0.0.1:4566/api")
		},
	})
	setAll(a, r)
	got := resolved(t, a, r, "Front", "Page")
	want := `{"Code":{"S3Bucket":"cdk-hnb659fds-assets-000000000000-us-east-1","S3Key":"0011aabb.zip"},` +
		`"Environment":{"Variables":{` +
		`"ENDPOINT":"https://ref-Api.execute-api.us-east-1.amazonaws.com/live",` +
		`"HOST":"api0000000.execute-api.us-east-1.amazonaws.com",` +
		`"NAMES":"x,y",` +
		`"SECRET":"[arn:aws:secretsmanager:us-east-1:000000000000:secret:Key-AbCdEf password]!",` +
		`"SUB":"http://127.0.0.1:4566/api green ${kept} Front",` +
		`"TABLE":"ref-Items","USERDATA":"aGk=","ZONE":"b"}},` +
		`"Layers":["one"],"MemorySize":256}`
	if got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
}

func TestStackIDStaysTheSame(t *testing.T) {
	t.Parallel()
	a := mustLoad(t, "testdata/shop")
	got := resolved(t, a, NewResolver(a, Options{}), "Prod-Queue", "Queue")
	if want := `{"QueueName":"460edf17e433"}`; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
}

func TestOutputs(t *testing.T) {
	t.Parallel()
	a := mustLoad(t, "testdata/shop")
	r := NewResolver(a, Options{Rewrite: func(s string) string { return strings.Replace(s, "https:", "http:", 1) }})
	setAll(a, r)
	outputs, err := r.Outputs()
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(outputs)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"Front":{"Memory":"256","Url":"http://api0000000.execute-api.us-east-1.amazonaws.com"},"shop-store":{"ExportsOutputRefItems":"ref-Items"}}`
	if string(got) != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
}

func TestPropertiesAreCopies(t *testing.T) {
	t.Parallel()
	a := mustLoad(t, write(t, `{"Resources":{"A":{"Type":"T"},"B":{"Type":"T","Properties":{"P":{"Fn::GetAtt":["A","List"]}}}}}`))
	r := NewResolver(a, Options{Rewrite: strings.ToUpper})
	list := []any{"one"}
	r.Set(a.Stacks[0].Order[0], Values{Attributes: map[string]any{"List": list}})
	if got := resolved(t, a, r, "S", "B"); got != `{"P":["ONE"]}` {
		t.Fatalf("got %s", got)
	}
	if list[0] != "one" {
		t.Fatalf("the resource's own list became %v", list)
	}
}

// in puts a value into a property of a resource that depends on another one.
func in(value string) string {
	return `{"Parameters":{"List":{"Type":"CommaDelimitedList","Default":"a,b"}},"Mappings":{"M":{"a":{"b":"c"}}},
		"Conditions":{"No":{"Fn::Equals":["a","b"]}},
		"Resources":{"A":{"Type":"T"},"Off":{"Type":"T","Condition":"No"},"Z":{"Type":"U","DependsOn":"A","Properties":{"P":{"Q":[` + value + `]}}}},
		"Outputs":{"O":{"Value":{"Fn::GetAtt":["A","Nope"]},"Export":{"Name":"bad"}}}}`
}

func TestPropertiesRefuse(t *testing.T) {
	t.Parallel()
	const where = "assembly: stack S: resource Z (U): Properties.P.Q[0]: "
	tests := []struct{ name, value, want string }{
		{"unknown intrinsics", `{"Fn::GetAZs":""}`, where + "Fn::GetAZs: this intrinsic function is not supported"},
		{"transforms", `{"Fn::Transform":{"Name":"AWS::Include"}}`, where + "Fn::Transform: this intrinsic function is not supported"},
		{"intrinsics beside other keys", `{"Fn::Sub":"x","y":1}`, where + "Fn::Sub cannot stand here, or not beside other keys"},
		{"attributes a resource has not", `{"Fn::GetAtt":"A.Nope"}`, where + "Fn::GetAtt: attribute Nope of A (T) is not supported"},
		{"attributes a resource has not, in a text", `{"Fn::Sub":"${A.Nope.X}"}`, where + "Fn::Sub: attribute Nope.X of A (T) is not supported"},
		{"resources that are left out", `{"Ref":"Off"}`, where + "Ref: resource Off does not exist: its condition No is false"},
		{"a join of something else", `{"Fn::Join":[",",["a",{"Ref":"List"}]]}`, where + "Fn::Join: [a b] is not text"},
		{"a join without list", `{"Fn::Join":[",","a"]}`, where + "Fn::Join: a is not a list"},
		{"a join of three", `{"Fn::Join":[",","a","b"]}`, where + "Fn::Join: takes a list of 2"},
		{"nothing inside a join", `{"Fn::Join":[",",[{"Fn::Join":[",",{"Ref":"AWS::NoValue"}]}]]}`, strings.TrimSuffix(where, ": ") + ".Fn::Join[1][0]: Fn::Join: {} is not a list"},
		{"an index outside the list", `{"Fn::Select":["2",{"Ref":"List"}]}`, where + "Fn::Select: index 2 is outside a list of 2"},
		{"an index that is no number", `{"Fn::Select":["x",{"Ref":"List"}]}`, where + `Fn::Select: index "x" is not a number`},
		{"a split by nothing", `{"Fn::Split":["","a"]}`, where + "Fn::Split: delimiter  is not a string with something in it"},
		{"a map entry that is not there", `{"Fn::FindInMap":["M","a","x"]}`, where + "Fn::FindInMap: there is no M.a.x"},
		{"a list inside a text", `{"Fn::Sub":"${List}"}`, where + "Fn::Sub: ${List}: [a b] is not text"},
		{"dynamic references to other services", `"{{resolve:ssm:/x}}"`, where + `{{resolve:ssm:/x}}: dynamic references to "ssm" are not supported`},
		{"dynamic references that stay open", `"{{resolve:secretsmanager:x"`, where + "a dynamic reference is not closed by }}"},
		{"binary secrets", `"{{resolve:secretsmanager:x:SecretBinary}}"`, where + "{{resolve:secretsmanager:x:SecretBinary}}: SecretBinary is not supported, only SecretString"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := mustLoad(t, write(t, in(tt.value)))
			r := NewResolver(a, Options{Secret: func(SecretReference) (string, error) { return "", nil }})
			setAll(a, r)
			_, err := r.Properties(a.Stacks[0].Order[1])
			if err == nil || err.Error() != tt.want {
				t.Fatalf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestOutputsNameWhatIsWrong(t *testing.T) {
	t.Parallel()
	a := mustLoad(t, write(t, in(`"x"`)))
	r := NewResolver(a, Options{})
	setAll(a, r)
	_, err := r.Outputs()
	want := "assembly: stack S: output O: Value: Fn::GetAtt: attribute Nope of A (T) is not supported"
	if err == nil || err.Error() != want || !errors.Is(err, ErrUnsupported) {
		t.Fatalf("got  %v\nwant %s", err, want)
	}
}

func TestParseSecretReference(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:Name-AbCdEf"
	tests := []struct {
		text string
		want SecretReference
		err  string
	}{
		{text: "Name", want: SecretReference{ID: "Name"}},
		{text: "Name:SecretString:key", want: SecretReference{ID: "Name", Key: "key"}},
		{text: arn + ":SecretString:::", want: SecretReference{ID: arn}},
		{text: arn + ":SecretString:key:AWSPREVIOUS:", want: SecretReference{ID: arn, Key: "key", Stage: "AWSPREVIOUS"}},
		{text: arn + ":SecretString:key::v1", want: SecretReference{ID: arn, Key: "key", Version: "v1"}},
		{text: arn + ":SecretString:key:s:v", err: `"` + arn + `:SecretString:key:s:v" has both a stage and a version`},
		{text: "Name:SecretString:a:b:c:d", err: `"Name:SecretString:a:b:c:d" has too many parts`},
		{text: "arn:aws:x", err: `"arn:aws:x" does not name a secret`},
		{text: "", err: `"" does not name a secret`},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			got, err := ParseSecretReference(tt.text)
			if text := ""; err != nil {
				if text = err.Error(); text != tt.err {
					t.Fatalf("got  %v\nwant %s", text, tt.err)
				}
				return
			}
			if got != tt.want {
				t.Fatalf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}
