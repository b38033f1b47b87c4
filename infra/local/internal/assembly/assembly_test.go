package assembly

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func mustLoad(t testing.TB, dir string) *Assembly {
	t.Helper()
	a, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// write makes an assembly of one stack named S and returns its folder.
func write(t testing.TB, template string) string {
	t.Helper()
	return writeFiles(t, map[string]string{
		"manifest.json": `{"artifacts":{"S":{"type":"aws:cloudformation:stack","environment":"aws://unknown-account/unknown-region",` +
			`"properties":{"templateFile":"S.template.json"}}}}`,
		"S.template.json": template,
	})
}

func writeFiles(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func order(a *Assembly) []string {
	var ids []string
	for _, s := range a.Stacks {
		for _, r := range s.Order {
			ids = append(ids, s.Name+"/"+r.LogicalID)
		}
	}
	return ids
}

func TestLoadOrdersStacksAndResources(t *testing.T) {
	t.Parallel()
	a := mustLoad(t, "testdata/shop")
	want := []string{"shop-store/Items", "Front/Api", "Front/Key", "Front/Zebra", "Front/Page", "Prod-Queue/Queue"}
	if got := order(a); !slices.Equal(got, want) {
		t.Fatalf("got  %v\nwant %v", got, want)
	}
	items := a.Stacks[0].Order[0]
	if items.Type != "AWS::DynamoDB::Table" || items.Path != "Store/Items/Resource" {
		t.Fatalf("got %+v", items)
	}
}

func TestLoadFindsAssets(t *testing.T) {
	t.Parallel()
	a := mustLoad(t, "testdata/shop")
	for key, want := range map[string]FileAsset{
		"0011aabb.zip": {Path: filepath.Join("testdata", "shop", "asset.0011aabb"), Zip: true},
		"2233ccdd.zip": {Path: filepath.Join("testdata", "shop", "asset.2233ccdd.zip")},
	} {
		if got, ok := a.Asset(key); !ok || got != want {
			t.Errorf("%s: got %+v, want %+v", key, got, want)
		}
	}
	if _, ok := a.Asset("other.zip"); ok {
		t.Error("found an asset that is not there")
	}
}

func TestLoadRefusesTemplates(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, template, want string }{
		{
			"with a macro", `{"Transform":"AWS::Serverless-2016-10-31","Resources":{}}`,
			"assembly: stack S: the template's Transform AWS::Serverless-2016-10-31 is not supported",
		},
		{
			"with an unknown section", `{"Resurces":{}}`,
			`json: unknown field "Resurces"`,
		},
		{
			"with an unknown resource attribute", `{"Resources":{"Q":{"Type":"T","CreationPolicy":{}}}}`,
			`json: unknown field "CreationPolicy"`,
		},
		{
			"with a parameter without value", `{"Parameters":{"P":{"Type":"String"}}}`,
			"assembly: stack S: parameter P: has no default and no value",
		},
		{
			"with a parameter of an unknown type", `{"Parameters":{"P":{"Type":"Text","Default":"x"}}}`,
			"assembly: stack S: parameter P: type Text is not supported",
		},
		{
			"whose resources wait for each other",
			`{"Resources":{"A":{"Type":"T","Properties":{"P":{"Ref":"B"}}},"B":{"Type":"T","Properties":{"P":{"Fn::Sub":"${C.Arn}"}}},"C":{"Type":"T","DependsOn":"A"}}}`,
			"assembly: stack S: circular dependency: A -> B -> C -> A",
		},
		{
			"that refer to nothing", `{"Resources":{"A":{"Type":"T","Properties":{"P":[{"Ref":"Nope"}]}}}}`,
			"assembly: stack S: resource A (T): Properties.P[0]: Ref: Nope is not a resource, parameter or pseudo parameter of the stack",
		},
		{
			"that substitute nothing", `{"Resources":{"A":{"Type":"T","Properties":{"P":{"Fn::Sub":"x${Nope.Arn}"}}}}}`,
			"assembly: stack S: resource A (T): Properties.P: Fn::Sub: Nope is not a resource, parameter or pseudo parameter of the stack",
		},
		{
			"that depend on nothing", `{"Resources":{"A":{"Type":"T","DependsOn":["Nope"]}}}`,
			"assembly: stack S: resource A (T): DependsOn: Nope is not a resource, parameter or pseudo parameter of the stack",
		},
		{
			"that import what nobody exports", `{"Resources":{"A":{"Type":"T","Properties":{"P":{"Fn::ImportValue":"x:y"}}}}}`,
			`assembly: stack S: resource A (T): Properties.P: Fn::ImportValue: no stack exports "x:y"`,
		},
		{
			"whose conditions wait for each other",
			`{"Conditions":{"A":{"Condition":"B"},"B":{"Fn::Not":[{"Condition":"A"}]}},"Resources":{"R":{"Type":"T","Condition":"A"}}}`,
			"assembly: stack S: resource R (T): condition A: condition B: circular dependency of conditions: A -> B -> A",
		},
		{
			"whose conditions speak of resources",
			`{"Conditions":{"A":{"Fn::Equals":[{"Ref":"R"},"x"]}},"Resources":{"R":{"Type":"T"},"Q":{"Type":"T","Condition":"A"}}}`,
			"assembly: stack S: resource Q (T): condition A: Fn::Equals[0]: Ref: R is a resource, which does not exist yet",
		},
		{
			"with an unknown condition", `{"Resources":{"R":{"Type":"T","Condition":"A"}}}`,
			"assembly: stack S: resource R (T): there is no condition A",
		},
		{
			"with an unknown condition function", `{"Conditions":{"A":{"Fn::Contains":["x",["x"]]}},"Resources":{"R":{"Type":"T","Condition":"A"}}}`,
			"assembly: stack S: resource R (T): condition A: Fn::Contains is not supported in a condition",
		},
		{
			"that export a name twice", `{"Outputs":{"A":{"Value":"1","Export":{"Name":"n"}},"B":{"Value":"2","Export":{"Name":"n"}}}}`,
			`assembly: stack S: output B: stack S exports "n" already`,
		},
		{
			"that import their own export",
			`{"Resources":{"A":{"Type":"T","Properties":{"P":{"Fn::ImportValue":"n"}}}},"Outputs":{"O":{"Value":"1","Export":{"Name":"n"}}}}`,
			"assembly: stacks: circular dependency: S -> S",
		},
		{
			"that use the bootstrap version", `{"Parameters":{"B":{"Type":"AWS::SSM::Parameter::Value<String>","Default":"/x"}},"Conditions":{"A":{"Fn::Equals":[{"Ref":"B"},"x"]}},"Resources":{"R":{"Type":"T","Condition":"A"}}}`,
			"assembly: stack S: resource R (T): condition A: Fn::Equals[0]: Ref: parameter B: type AWS::SSM::Parameter::Value<String>: Parameter Store is not supported",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := write(t, tt.template)
			_, err := Load(dir)
			if err == nil {
				t.Fatal("it was accepted")
			}
			got := strings.ReplaceAll(err.Error(), "assembly: "+filepath.Join(dir, "S.template.json")+": ", "")
			if got != tt.want {
				t.Fatalf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestLoadRefusesManifests(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, manifest, want string }{
		{"without stacks", `{"artifacts":{"Tree":{"type":"cdk:tree"}}}`, "assembly: DIR: the assembly has no stack"},
		{"with an unknown artifact", `{"artifacts":{"X":{"type":"cdk:future"}}}`, "assembly: DIR/manifest.json: artifact X has type cdk:future, which is not supported"},
		{"that are not JSON", `{`, "assembly: DIR/manifest.json: unexpected EOF"},
		{
			"with two stacks of a name", `{"artifacts":{"A":{"type":"aws:cloudformation:stack","environment":"aws://unknown-account/unknown-region","properties":{"templateFile":"t.json","stackName":"N"}},` +
				`"B":{"type":"aws:cloudformation:stack","environment":"aws://unknown-account/unknown-region","properties":{"templateFile":"t.json","stackName":"N"}}}}`,
			"assembly: stack N: there are two stacks of this name",
		},
		{
			"whose stacks wait for each other", `{"artifacts":{"A":{"type":"aws:cloudformation:stack","environment":"aws://unknown-account/unknown-region","dependencies":["B"],"properties":{"templateFile":"t.json"}},` +
				`"B":{"type":"aws:cloudformation:stack","environment":"aws://unknown-account/unknown-region","dependencies":["A"],"properties":{"templateFile":"t.json"}}}}`,
			"assembly: stacks: circular dependency: A -> B -> A",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := writeFiles(t, map[string]string{"manifest.json": tt.manifest, "t.json": `{"Resources":{}}`})
			_, err := Load(dir)
			if err == nil {
				t.Fatal("it was accepted")
			}
			if got := strings.ReplaceAll(err.Error(), dir, "DIR"); got != tt.want {
				t.Fatalf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestLoadNamesTheMissingFile(t *testing.T) {
	t.Parallel()
	_, err := Load(filepath.Join("testdata", "none"))
	if err == nil || err.Error() != "assembly: open testdata/none/manifest.json: no such file or directory" {
		t.Fatalf("got %v", err)
	}
}

func TestAssembliesShareAnAccount(t *testing.T) {
	t.Parallel()
	const queue = `{"Resources":{"Q":{"Type":"AWS::SQS::Queue"%s}},"Outputs":{"O":{"Value":"v","Export":{"Name":"%s"}}}}`
	named := func(stack, export string) string {
		return writeFiles(t, map[string]string{
			"manifest.json": `{"artifacts":{"S":{"type":"aws:cloudformation:stack","environment":"aws://unknown-account/unknown-region",` +
				`"properties":{"stackName":"` + stack + `","templateFile":"S.template.json"}}}}`,
			"S.template.json": fmt.Sprintf(queue, "", export),
		})
	}
	a, err := Load(named("Dev", "dev"), named("Prod", "prod"))
	if err != nil {
		t.Fatal(err)
	}
	if got := order(a); !slices.Equal(got, []string{"Dev/Q", "Prod/Q"}) && !slices.Equal(got, []string{"Prod/Q", "Dev/Q"}) {
		t.Errorf("order %v", got)
	}
	if _, err := Load(named("Dev", "dev"), named("Dev", "prod")); err == nil || err.Error() != "assembly: stack Dev: there are two stacks of this name" {
		t.Errorf("two stacks of one name: %v", err)
	}
	if _, err := Load(named("Dev", "same"), named("Prod", "same")); err == nil || !strings.Contains(err.Error(), `exports "same" already`) {
		t.Errorf("two exports of one name: %v", err)
	}
}
