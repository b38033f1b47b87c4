package gobundle

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes"
)

// ContextOS is the context key that names the operating system to build for: "linux", the default and the only one
// that Lambda runs, or "darwin", for a local stage on a Mac.
const ContextOS = "hermes:bundle-os"

// A Function names a function by the folder of its main package in this module, such as
// "functions/notificationhub/authorize".
type Function struct {
	Package string
}

// Code returns the code of function, built for arch (nil means arm64), as an asset: a folder that holds the executable
// bootstrap. The asset is named by its content, as an asset hash of type OUTPUT would name it.
//
// Where the CDK asks for no bundling, as "cdk list" and snapshot tests do by the context "aws:cdk:bundling-stacks",
// nothing is built and the asset is named by the function's package: a name that never changes.
//
// It panics where the function cannot be built. The message holds the command line and the compiler's output.
func Code(scope constructs.Construct, function Function, arch awslambda.Architecture) awslambda.Code {
	b, err := standard()
	if err != nil {
		panic(err)
	}
	code, err := b.code(scope, function, arch)
	if err != nil {
		panic(err)
	}
	return code
}

// standard is the bundler of this module's own functions. The sources do not change while a process runs.
var standard = sync.OnceValues(func() (*Bundler, error) {
	dir, err := DefaultCache()
	if err != nil {
		return nil, fmt.Errorf("gobundle: find the cache folder: %w", err)
	}
	return &Bundler{Source: hermes.Source(), Cache: dir, Log: os.Stderr}, nil
})

func (b *Bundler) code(scope constructs.Construct, function Function, arch awslambda.Architecture) (awslambda.Code, error) {
	if !*awscdk.Stack_Of(scope).BundlingRequired() {
		return b.placeholder(function)
	}
	system, err := targetOS(scope)
	if err != nil {
		return nil, err
	}
	dir, err := b.Build(context.Background(), function.Package, Target{OS: system, Arch: goArch(arch)})
	if err != nil {
		return nil, err
	}
	return awslambda.Code_FromAsset(jsii.String(dir), &awss3assets.AssetOptions{}), nil
}

// placeholder stands for code that nobody asked to build. Its stack is not going to be deployed.
func (b *Bundler) placeholder(function Function) (awslambda.Code, error) {
	dir := filepath.Join(b.Cache, "skipped")
	note := []byte("This function was not built: the CDK asked for no bundling of its stack.\n")
	err := os.MkdirAll(dir, 0o755)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "SKIPPED.txt"), note, 0o644) // the same bytes, whoever writes
	}
	if err != nil {
		return nil, fmt.Errorf("gobundle: write a placeholder for %s: %w", function.Package, err)
	}
	return awslambda.Code_FromAsset(jsii.String(dir), &awss3assets.AssetOptions{AssetHash: jsii.String(function.Package)}), nil
}

func targetOS(scope constructs.Construct) (string, error) {
	switch value := scope.Node().TryGetContext(jsii.String(ContextOS)).(type) {
	case nil:
		return "linux", nil
	case string:
		return value, nil
	default:
		return "", fmt.Errorf("gobundle: context %s: %w: %v is not a string", ContextOS, ErrTarget, value)
	}
}

// goArch translates Lambda's name of an architecture; one that Go does not have is left for Target to refuse.
func goArch(arch awslambda.Architecture) string {
	switch {
	case arch == nil:
		return "arm64"
	case *arch.Name() == "x86_64":
		return "amd64"
	default:
		return *arch.Name()
	}
}
