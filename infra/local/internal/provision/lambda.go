package provision

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

func lambdaKinds() map[string]kind {
	return map[string]kind{
		"AWS::Lambda::Function":           checked(checkCode, kindOf(planFunction)),
		"AWS::Lambda::Version":            kindOf(planVersion),
		"AWS::Lambda::Alias":              kindOf(planAlias),
		"AWS::Lambda::Permission":         kindOf(planPermission),
		"AWS::Lambda::EventSourceMapping": kindOf(planMapping),
		"AWS::Lambda::EventInvokeConfig":  kindOf(planInvokeConfig),
	}
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
type functionProperties struct {
	FunctionName  string
	Architectures []string
	Code          struct {
		S3Bucket string
		S3Key    string `required:"true"`
	} `required:"true"`
	DeadLetterConfig struct{ TargetArn string }
	Environment      struct{ Variables map[string]string }
	Handler          string
	LoggingConfig    struct {
		ApplicationLogLevel string `only:"TRACE,DEBUG,INFO,WARN,ERROR,FATAL"`
		LogGroup, LogFormat string

		SystemLogLevel any `ignored:"the lines of Lambda are not filtered"`
	}
	MemorySize                   int
	PackageType                  string `only:"Zip"`
	RecursiveLoop                string `only:"Allow,Terminate"`
	ReservedConcurrentExecutions *int
	Role                         string `required:"true"`
	Runtime                      string `required:"true" only:"provided.al2023,provided.al2"`
	Timeout                      int
	TracingConfig                struct{ Mode string }

	VpcConfig               any `ignored:"functions are in this machine's network"`
	Description             any `ignored:"documentation only"`
	EphemeralStorage        any `ignored:"the scratch folder is not limited"`
	RuntimeManagementConfig any `ignored:"there is one runtime"`
	Tags                    any `ignored:"nothing reads tags"`
}

// checkCode refuses code that needs a managed runtime: what runs here brings its own.
func checkCode(properties map[string]any) error {
	code, _ := properties["Code"].(map[string]any)
	runtime, _ := properties["Runtime"].(string)
	const way = "only an asset with an executable bootstrap, for the runtime provided.al2023 or provided.al2"
	switch {
	case code["ZipFile"] != nil:
		return fmt.Errorf("Properties.Code.ZipFile: inline code is %w, %s", ErrUnsupported, way)
	case code["ImageUri"] != nil || properties["PackageType"] == "Image":
		return fmt.Errorf("Properties.Code.ImageUri: a container image is %w, %s", ErrUnsupported, way)
	case runtime != "" && !strings.HasPrefix(runtime, "provided"):
		return fmt.Errorf("Properties.Runtime: the managed runtime %s is %w, %s", runtime, ErrUnsupported, way)
	}
	return nil
}

func planFunction(p *planner, r *assembly.Resource, in functionProperties) (assembly.Values, error) {
	name := physicalName(r, in.FunctionName, maxFunctionName)
	if err := p.claim(r, "lambda", name); err != nil {
		return assembly.Values{}, err
	}
	code, ok := p.assembly.Asset(in.Code.S3Key)
	if !ok {
		return assembly.Values{}, unsupported("Properties.Code.S3Key %s, which is not an asset of the assembly,", in.Code.S3Key)
	}
	f := &Function{
		ID: identify(r), Name: name, ARN: p.arn("lambda", "function:"+name), CodeDir: code.Path,
		Handler: in.Handler, Architecture: "x86_64",
		Timeout: seconds(in.Timeout, 3), MemoryMB: orDefault(in.MemorySize, 128),
		Environment: in.Environment.Variables, ReservedConcurrency: in.ReservedConcurrentExecutions,
		LogGroup: orDefault(in.LoggingConfig.LogGroup, "/aws/lambda/"+name), LogFormat: orDefault(in.LoggingConfig.LogFormat, "Text"),
		Traced: in.TracingConfig.Mode == "Active", DeadLetter: in.DeadLetterConfig.TargetArn,
		AllowRecursion: in.RecursiveLoop == "Allow", LogLevel: in.LoggingConfig.ApplicationLogLevel,
	}
	if len(in.Architectures) > 0 {
		f.Architecture = in.Architectures[0]
	}
	if err := p.runs(f.Architecture); err != nil {
		return assembly.Values{}, err
	}
	role, err := p.role(in.Role)
	if err != nil {
		return assembly.Values{}, err
	}
	f.Role = role.Name
	p.functions[f.ARN] = f
	p.resources.Functions = append(p.resources.Functions, f)
	p.serviceAccess(r, "lambda.amazonaws.com", "sts:AssumeRole", role.ARN, "")
	p.destination(r, f, f.DeadLetter)
	return assembly.Values{Ref: name, Attributes: map[string]any{"Arn": f.ARN}}, nil
}

// runs refuses code of another architecture than this machine's, unless the kernel has an emulator for it.
func (p *planner) runs(architecture string) error {
	if architecture == p.Architecture || p.Emulates(architecture) {
		return nil
	}
	return fmt.Errorf("Properties.Architectures: %s is %w on this machine, which is %s: set the prop architecture of the function or of its construct "+
		"(CDK: Architecture.%s) for the stage that runs here, or register an emulator (qemu-user-static)",
		architecture, ErrUnsupported, p.Architecture, strings.ToUpper(strings.Replace(p.Architecture, "arm64", "arm_64", 1)))
}

// emulators are the names under which distributions register qemu with the kernel.
// https://docs.kernel.org/admin-guide/binfmt-misc.html
var emulators = map[string]string{"arm64": "qemu-aarch64", "x86_64": "qemu-x86_64"}

// emulates reports whether this machine's kernel runs programs of the architecture by an emulator.
func emulates(architecture string) bool {
	name, ok := emulators[architecture]
	if !ok {
		return false
	}
	state, err := os.ReadFile("/proc/sys/fs/binfmt_misc/" + name)
	return err == nil && strings.HasPrefix(string(state), "enabled")
}

type versionProperties struct {
	FunctionName string `required:"true"`

	CodeSha256    any `ignored:"the code is that of the function"`
	Description   any `ignored:"documentation only"`
	RuntimePolicy any `ignored:"there is one runtime"`
}

// planVersion numbers the versions of a function from 1. All of them run the same code.
func planVersion(p *planner, _ *assembly.Resource, in versionProperties) (assembly.Values, error) {
	f, _, err := p.function(in.FunctionName)
	if err != nil {
		return assembly.Values{}, err
	}
	version := strconv.Itoa(len(f.Qualifiers) + 1)
	f.Qualifiers = append(f.Qualifiers, version)
	versionARN := f.ARN + ":" + version
	return assembly.Values{Ref: versionARN, Attributes: map[string]any{"Version": version, "FunctionArn": versionARN}}, nil
}

type aliasProperties struct {
	FunctionName    string `required:"true"`
	FunctionVersion string `required:"true"`
	Name            string `required:"true"`

	Description any `ignored:"documentation only"`
}

func planAlias(p *planner, _ *assembly.Resource, in aliasProperties) (assembly.Values, error) {
	f, _, err := p.function(in.FunctionName)
	if err != nil {
		return assembly.Values{}, err
	}
	f.Qualifiers = append(f.Qualifiers, in.Name)
	aliasARN := f.ARN + ":" + in.Name
	return assembly.Values{Ref: aliasARN, Attributes: map[string]any{"AliasArn": aliasARN}}, nil
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventinvokeconfig.html
type invokeConfigProperties struct {
	FunctionName             string `required:"true"`
	Qualifier                string `only:"$LATEST"`
	MaximumEventAgeInSeconds int
	MaximumRetryAttempts     *int
	DestinationConfig        struct {
		OnFailure struct{ Destination string }
		OnSuccess struct{ Destination string }
	}
}

func planInvokeConfig(p *planner, r *assembly.Resource, in invokeConfigProperties) (assembly.Values, error) {
	f, _, err := p.function(in.FunctionName)
	if err != nil {
		return assembly.Values{}, err
	}
	f.MaxRetries = in.MaximumRetryAttempts
	f.MaxEventAge = time.Duration(in.MaximumEventAgeInSeconds) * time.Second
	f.OnFailure = in.DestinationConfig.OnFailure.Destination
	f.OnSuccess = in.DestinationConfig.OnSuccess.Destination
	p.destination(r, f, f.OnFailure)
	p.destination(r, f, f.OnSuccess)
	return assembly.Values{Ref: r.LogicalID}, nil
}

// destination records that Lambda sends to a queue, topic or function with the function's role, and refuses the setting if
// the role may not (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html).
func (p *planner) destination(r *assembly.Resource, f *Function, target string) {
	if target == "" {
		return
	}
	parts := append(strings.Split(target, ":"), "", "", "")
	actions := map[string]string{"sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction"}
	action, ok := actions[parts[2]]
	if !ok {
		p.later(r, func() error { return unsupported("destination %s", target) })
		return
	}
	p.roleAccess(r, f.Role, action, target)
}

// function finds a function by name, ARN or partial ARN, any of them with a qualifier
// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html, FunctionName).
func (p *planner) function(name string) (f *Function, qualifier string, err error) {
	parts := strings.Split(name, ":")
	if i := slices.Index(parts, "function"); i >= 0 {
		parts = parts[i+1:]
	}
	if len(parts) > 1 {
		qualifier = parts[1]
	}
	f, ok := p.functions[p.arn("lambda", "function:"+parts[0])]
	if !ok {
		return nil, "", unsupported("function %s, which is not in the assembly,", name)
	}
	return f, qualifier, nil
}

// qualified returns the ARN under which a function is invoked.
func qualified(f *Function, qualifier string) string {
	if qualifier == "" || qualifier == "$LATEST" {
		return f.ARN
	}
	return f.ARN + ":" + qualifier
}

func seconds(n, byDefault int) time.Duration {
	return time.Duration(orDefault(n, byDefault)) * time.Second
}

// orDefault returns v, or the default if the template omits it.
func orDefault[T comparable](v, byDefault T) T {
	var zero T
	if v == zero {
		return byDefault
	}
	return v
}
