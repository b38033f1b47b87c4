package gobundle

import (
	"debug/elf"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
)

// The tests of this file share the one jsii process of the test binary, so they run one after the other.

// A synthesized is a stack of one function, as the CDK has written it.
type synthesized struct {
	dir   string // the cloud assembly
	s3Key string // of the function's code
}

// synth writes the cloud assembly of a stack whose function is built from pkg by b.
func synth(t *testing.T, b *Bundler, pkg string, arch awslambda.Architecture, context map[string]any) synthesized {
	t.Helper()
	out := t.TempDir()
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: &out, Context: &context})
	stack := awscdk.NewStack(app, jsii.String("Stack"), nil)
	code, err := b.code(stack, Function{Package: pkg}, arch)
	if err != nil {
		t.Fatal(err)
	}
	awslambda.NewFunction(stack, jsii.String("Function"), &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_PROVIDED_AL2023(),
		Handler: jsii.String("bootstrap"),
		Code:    code,
	})
	app.Synth(nil)
	return synthesized{dir: out, s3Key: s3Key(t, filepath.Join(out, "Stack.template.json"))}
}

func s3Key(t *testing.T, file string) string {
	t.Helper()
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties struct{ Code struct{ S3Key string } }
		}
	}
	if err := json.Unmarshal([]byte(mustRead(t, file)), &template); err != nil {
		t.Fatal(err)
	}
	for _, resource := range template.Resources {
		if resource.Type == "AWS::Lambda::Function" {
			return resource.Properties.Code.S3Key
		}
	}
	t.Fatalf("%s holds no function", file)
	return ""
}

// asset is the file bootstrap of the one asset that s is made of.
func (s synthesized) asset(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(s.dir, "asset.*", "bootstrap"))
	if err != nil || len(found) != 1 {
		t.Fatalf("got %q, %v, want one bootstrap", found, err)
	}
	return found[0]
}

func TestCodeIsAnAssetNamedByItsContent(t *testing.T) {
	b, _ := newBundler(t, demo())
	s := synth(t, b, hello, nil, nil)
	assertStaticELF(t, s.asset(t), elf.EM_AARCH64)
	if want := "asset." + s.s3Key[:len(s.s3Key)-len(".zip")]; filepath.Base(filepath.Dir(s.asset(t))) != want {
		t.Errorf("got %s, want %s", s.asset(t), want)
	}
	if info, err := os.Stat(s.asset(t)); err != nil || info.Mode() != 0o755 {
		t.Errorf("got %v, %v, want an executable", info.Mode(), err)
	}

	again, _ := newBundler(t, demo(map[string]string{hello + "/main_test.go": "package main\n"}))
	if got := synth(t, again, hello, nil, nil).s3Key; got != s.s3Key {
		t.Errorf("after a change of a test: got %s, want %s", got, s.s3Key)
	}
	changed, _ := newBundler(t, demo(map[string]string{"functions/demo/internal/words/texts/hello.txt": "hi\n"}))
	if got := synth(t, changed, hello, nil, nil).s3Key; got == s.s3Key {
		t.Error("after a change of the code: the name is the same")
	}
}

func TestCodeIsBuiltForTheArchitectureAndTheSystem(t *testing.T) {
	b, _ := newBundler(t, demo())
	assertStaticELF(t, synth(t, b, hello, awslambda.Architecture_X86_64(), nil).asset(t), elf.EM_X86_64)

	onMac := synth(t, b, hello, awslambda.Architecture_ARM_64(), map[string]any{ContextOS: "darwin"})
	if _, err := elf.Open(onMac.asset(t)); err == nil {
		t.Error("for darwin: got an ELF binary")
	}
}

func TestWithoutBundlingNothingIsBuiltAndTheNameStays(t *testing.T) {
	skip := map[string]any{"aws:cdk:bundling-stacks": []string{}}
	var keys []string
	for _, source := range []string{"package main\n", "this is no Go"} {
		b, log := newBundler(t, demo(map[string]string{hello + "/main.go": source}))
		b.Go = "go-that-nobody-installed"
		s := synth(t, b, hello, nil, skip)
		if built, _ := filepath.Glob(filepath.Join(s.dir, "asset.*", "bootstrap")); len(built) > 0 || log.Len() > 0 {
			t.Errorf("built %q, logged %q, want nothing", built, log)
		}
		keys = append(keys, s.s3Key)
	}
	// The SHA-256 of the package's name.
	want := "efc5e6a0cc345edaa60bf559ce641d5b723dd479bf3e98853611b6ff733dc6f2.zip"
	if keys[0] != want || keys[1] != want {
		t.Errorf("got %q, want %s", keys, want)
	}
}

func TestFunctionsThatAreNotBundledHaveNamesOfTheirOwn(t *testing.T) {
	skip := map[string]any{"aws:cdk:bundling-stacks": []string{"AnotherStack"}}
	b, _ := newBundler(t, demo())
	if one, two := synth(t, b, hello, nil, skip).s3Key, synth(t, b, goodbye, nil, skip).s3Key; one == two {
		t.Errorf("got %s for both", one)
	}
}

func TestCodeReportsWhatIsWrong(t *testing.T) {
	for _, test := range []struct {
		name    string
		context map[string]any
		want    string
	}{
		{
			"an unknown system",
			map[string]any{ContextOS: "plan9"},
			`gobundle: build functions/demo/hello for plan9/arm64: unknown target: operating system "plan9" is not one of linux, darwin`,
		},
		{
			"a system that is not a string",
			map[string]any{ContextOS: 7},
			"gobundle: context hermes:bundle-os: unknown target: 7 is not a string",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, _ := newBundler(t, demo())
			stack := awscdk.NewStack(awscdk.NewApp(&awscdk.AppProps{Context: &test.context}), jsii.String("Stack"), nil)
			_, err := b.code(stack, Function{Package: hello}, nil)
			if !errors.Is(err, ErrTarget) || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestCodePanicsWithTheError(t *testing.T) {
	t.Setenv("HERMES_CACHE", t.TempDir())
	stack := awscdk.NewStack(nil, jsii.String("Stack"), nil)
	defer func() {
		want := "gobundle: build functions/absent for linux/arm64: not a main package of the embedded sources of github.com/hermes-cdk/hermes"
		if err, ok := recover().(error); !ok || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}()
	Code(stack, Function{Package: "functions/absent"}, nil)
}
