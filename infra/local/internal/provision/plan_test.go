package provision

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
	"github.com/hermes-cdk/hermes/infra/local/internal/iam"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// fakeSecrets answers every reference with the same JSON and notes what was asked for.
type fakeSecrets struct{ ensured []string }

func (f *fakeSecrets) Ensure(_ context.Context, s Secret) (string, error) {
	f.ensured = append(f.ensured, s.Name)
	return s.ARN, nil
}

func (f *fakeSecrets) SecretString(_ context.Context, id, _, _ string) (string, error) {
	if id == "" {
		return "", errors.New("no id")
	}
	return `{"password":"generated","n":5}`, nil
}

func testOptions() Options {
	return Options{
		PublicURL: "http://127.0.0.1:4566/", Secrets: &fakeSecrets{}, Architecture: "arm64",
		Emulates: func(string) bool { return false },
		Now:      func() time.Time { return time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC) },
	}
}

func office(t *testing.T, o Options) *Resources {
	t.Helper()
	a, err := assembly.Load("testdata/office")
	if err != nil {
		t.Fatal(err)
	}
	w, err := Plan(t.Context(), a, o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestPlanEverything(t *testing.T) {
	t.Parallel()
	w := office(t, testOptions())
	got, err := json.MarshalIndent(w, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", "office.golden.json")
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("the resources differ from %s; look at it with -update and git diff", file)
	}
}

func TestPlanAcceptsCodeThatAnEmulatorRuns(t *testing.T) {
	t.Parallel()
	o := testOptions()
	o.Architecture, o.Emulates = "x86_64", func(architecture string) bool { return architecture == "arm64" }
	if got := office(t, o).Functions[0].Architecture; got != "arm64" {
		t.Errorf("got %s", got)
	}
}

func TestPlanIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	if first, second := office(t, testOptions()), office(t, testOptions()); !reflect.DeepEqual(first.Outputs, second.Outputs) {
		t.Fatalf("names differ between runs:\n%v\n%v", first.Outputs, second.Outputs)
	}
}

func TestPlanMakesSecretsBeforeTheyAreUsed(t *testing.T) {
	t.Parallel()
	o := testOptions()
	secrets := &fakeSecrets{}
	o.Secrets = secrets
	w := office(t, o)
	if !reflect.DeepEqual(secrets.ensured, []string{"Office-Key", "fixed"}) {
		t.Fatalf("got %v", secrets.ensured)
	}
	if got := w.Functions[0].Environment["PASSWORD"]; got != "generated" {
		t.Fatalf("got %q", got)
	}
}

func TestEveryTypeIsInTheTestAssembly(t *testing.T) {
	t.Parallel()
	a, err := assembly.Load("testdata/office")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{"AWS::Route53::RecordSetGroup": true} // as AWS::Route53::RecordSet
	for _, r := range a.Stacks[0].Order {
		seen[r.Type] = true
	}
	for _, known := range Types() {
		if !seen[known.Name] {
			t.Errorf("%s is not tried", known.Name)
		}
	}
}

func TestInstallHandsPoliciesToTheEngine(t *testing.T) {
	t.Parallel()
	w := office(t, testOptions())
	engine := iam.NewEngine(assembly.DefaultAccount, assembly.DefaultRegion, testOptions().Now)
	w.Install(engine)
	door := iam.Caller{ARN: "arn:aws:sts::000000000000:assumed-role/Office-DoorRole/Office-Door", Role: "Office-DoorRole"}
	for _, tt := range []struct {
		name             string
		caller           iam.Caller
		action, resource string
		want             bool
	}{
		{"a policy of its own", door, "dynamodb:Query", "arn:aws:dynamodb:us-east-1:000000000000:table/Office-Guests/index/by_guest", true},
		{"an inline policy", door, "sqs:SendMessage", "arn:aws:sqs:us-east-1:000000000000:dead", true},
		{"a managed policy", door, "s3:GetObject", "arn:aws:s3:::office-files/a", true},
		{"a policy AWS manages", door, "logs:PutLogEvents", "arn:aws:logs:us-east-1:000000000000:log-group:Office-Logs:log-stream:s", true},
		{"nothing", door, "dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:000000000000:table/Office-Guests", false},
		{"a Lambda permission", iam.Caller{Service: "apigateway.amazonaws.com"}, "lambda:InvokeFunction", "arn:aws:lambda:us-east-1:000000000000:function:Office-Door", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := engine.Authorize(iam.Request{Caller: tt.caller, Action: tt.action, Resource: tt.resource})
			if got.Allowed != tt.want {
				t.Fatalf("got %+v", got)
			}
		})
	}
	used := map[string]bool{}
	for _, r := range engine.Report().Resources {
		for _, s := range r.Used {
			used[s.Source] = true
		}
	}
	for _, source := range []string{"AllowChat", "AllowWeb", "AllowWebAuth", "AllowTick", "AllowNews", "LettersPolicy", "DeadPolicy", "NewsPolicy", "DoorRole"} {
		if !used[source] {
			t.Errorf("%s is not counted as used by the template's wiring", source)
		}
	}
}
