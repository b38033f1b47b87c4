package lambda

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Credentials are what a function signs its AWS calls with.
type Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string
}

// A Function is one function of a template, resolved.
type Function struct {
	Name string // letters, digits, - and _
	ARN  string // unqualified, arn:aws:lambda:region:account:function:name
	// CodeDir is a folder with an executable `bootstrap`, or a .zip of one. It is copied, never changed.
	CodeDir string
	Handler string // Default: "bootstrap"
	Version string // Default: "$LATEST"
	// Qualifiers are the versions and aliases by which it may be invoked besides $LATEST; all run the same code.
	Qualifiers  []string
	Timeout     time.Duration     // Default: 3 s
	MemoryMB    int               // Default: 128. Reported and billed, not enforced.
	Environment map[string]string // resolved; reserved keys are refused
	// ExtraEnvironment is set besides Environment and not subject to AWS's rules: AWS_ENDPOINT_URL, HTTPS_PROXY,
	// SSL_CERT_FILE.
	ExtraEnvironment    map[string]string
	Credentials         Credentials
	ReservedConcurrency *int   // Default: none, the function shares the account's limit
	LogGroup            string // Default: /aws/lambda/<name>
	Traced              bool   // X-Ray tracing active: the trace header says Sampled=1
	AllowRecursion      bool   // RecursiveLoop is Allow: recursive loops are not stopped

	// MaxRetries, MaxEventAge, OnSuccess, OnFailure and DeadLetter configure InvokeAsync.
	// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
	MaxRetries  *int          // Default: 2
	MaxEventAge time.Duration // Default: 6 h
	OnSuccess   string        // ARN of the destination of invocation records, or ""
	OnFailure   string        // ARN of the destination of invocation records, or ""
	DeadLetter  string        // ARN of the dead-letter queue, which gets the event itself, or ""
}

var functionName = regexp.MustCompile(`^[a-zA-Z0-9-_]{1,64}$`)

// reservedKeys can be set by Lambda only.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
var reservedKeys = []string{
	"_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
	"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
	"AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID",
	"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
}

// maxEnvironmentBytes is AWS's quota for all variables of a function together.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const maxEnvironmentBytes = 4 * 1024

// withDefaults fills in what the template left out.
func (f Function) withDefaults() Function {
	if f.Handler == "" {
		f.Handler = "bootstrap"
	}
	if f.Version == "" {
		f.Version = latest
	}
	if f.Timeout == 0 {
		f.Timeout = 3 * time.Second
	}
	if f.MemoryMB == 0 {
		f.MemoryMB = 128
	}
	if f.LogGroup == "" {
		f.LogGroup = "/aws/lambda/" + f.Name
	}
	if f.MaxRetries == nil {
		f.MaxRetries = new(int)
		*f.MaxRetries = 2
	}
	if f.MaxEventAge == 0 {
		f.MaxEventAge = 6 * time.Hour
	}
	return f
}

// validate refuses what AWS would refuse at deployment, so that it shows here first.
func (f Function) validate() error {
	if !functionName.MatchString(f.Name) {
		return fmt.Errorf("%w: name %q", ErrInvalidFunction, f.Name)
	}
	if n, err := parseName(f.ARN); err != nil || n.function != f.Name || n.qualifier != "" || n.region == "" {
		return fmt.Errorf("%w: %s: ARN %q is not that of the function", ErrInvalidFunction, f.Name, f.ARN)
	}
	if f.Timeout < 0 || f.Timeout > 15*time.Minute {
		return fmt.Errorf("%w: %s: timeout %s, at most 15m0s is allowed", ErrInvalidFunction, f.Name, f.Timeout)
	}
	if f.MemoryMB < 128 || f.MemoryMB > 10240 {
		return fmt.Errorf("%w: %s: memory %d MB, 128 to 10240 are allowed", ErrInvalidFunction, f.Name, f.MemoryMB)
	}
	if *f.MaxRetries < 0 || *f.MaxRetries > 2 {
		return fmt.Errorf("%w: %s: %d retries, 0 to 2 are allowed", ErrInvalidFunction, f.Name, *f.MaxRetries)
	}
	return f.validateEnvironment()
}

func (f Function) validateEnvironment() error {
	var reserved []string
	for _, key := range reservedKeys {
		if _, used := f.Environment[key]; used {
			reserved = append(reserved, key)
		}
	}
	if len(reserved) > 0 {
		return fmt.Errorf("%w: %s: reserved environment keys: %s", ErrInvalidFunction, f.Name, strings.Join(reserved, ", "))
	}
	encoded, err := json.Marshal(f.Environment)
	if err != nil { // a map of strings always marshals
		return fmt.Errorf("%w: %s: environment: %w", ErrInvalidFunction, f.Name, err)
	}
	if len(encoded) > maxEnvironmentBytes {
		return fmt.Errorf("%w: %s: environment has %d bytes, at most %d are allowed", ErrInvalidFunction, f.Name, len(encoded), maxEnvironmentBytes)
	}
	return nil
}

// hasQualifier reports whether the function may be invoked as name:qualifier.
func (f Function) hasQualifier(qualifier string) bool {
	return qualifier == "" || qualifier == latest || qualifier == f.Version || slices.Contains(f.Qualifiers, qualifier)
}

// region of the function's ARN.
func (f Function) region() string { return strings.Split(f.ARN, ":")[3] }
