// Package deployed finds a stack, on AWS or on the local stage, by the file of its outputs.
package deployed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

const (
	stageLocal      = "local"
	stackPrefix     = "Hermes-" // a stack of this repository is named for its stage
	defaultEndpoint = "http://127.0.0.1:4566"
)

// A Place is where a stack is looked for.
type Place struct {
	File  string // of outputs; "" is .hermes/<stage>/outputs.json
	Stage string // whose stack, Hermes-<stage>, is taken; "" is local for the file, and no choice in it
	Stack string // to take; "" is the only one that has the outputs needed
}

// A Stack is one with its outputs.
type Stack struct {
	Name    string
	outputs map[string]any
}

// Output is the value of an output, or "".
func (s Stack) Output(name string) string {
	value, _ := s.outputs[name].(string)
	return value
}

// Find reads the file that cdk deploy --outputs-file writes, and the local stage too:
// {"<stack>":{"TokensTableName":"..","SecretArn":"..",..}}. The stack has the outputs needed.
func Find(p Place, needed ...string) (Stack, error) {
	file := p.File
	if file == "" {
		stage := p.Stage
		if stage == "" {
			stage = stageLocal
		}
		file = filepath.Join(".hermes", stage, "outputs.json")
	}
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return Stack{}, fmt.Errorf("%s does not exist: make run writes it for stage local, make deploy for the others", file)
	}
	if err != nil {
		return Stack{}, err
	}
	name := p.Stack
	if p.Stage != "" {
		name = stackPrefix + p.Stage
	}
	s, err := parse(raw, name, needed)
	if err != nil {
		return Stack{}, fmt.Errorf("%s: %w", file, err)
	}
	return s, nil
}

// parse takes the stack of that name, or, for "", the only one that has the outputs.
func parse(raw []byte, name string, needed []string) (Stack, error) {
	var stacks map[string]map[string]any
	if err := json.Unmarshal(raw, &stacks); err != nil {
		return Stack{}, fmt.Errorf("not a JSON object of stacks: %w", err)
	}
	if name == "" {
		var err error
		if name, err = pick(stacks, needed); err != nil {
			return Stack{}, err
		}
	}
	outputs, ok := stacks[name]
	if !ok {
		return Stack{}, fmt.Errorf("no stack %s in it, only %q", name, slices.Sorted(maps.Keys(stacks)))
	}
	s := Stack{name, outputs}
	for _, output := range needed {
		if s.Output(output) == "" {
			return Stack{}, fmt.Errorf("stack %s has no output %s: add an awscdk.CfnOutput of that name to the app", name, output)
		}
	}
	return s, nil
}

// pick is the only stack, or the only one with what is needed.
func pick(stacks map[string]map[string]any, needed []string) (string, error) {
	names := slices.Sorted(maps.Keys(stacks))
	if len(names) == 1 {
		return names[0], nil
	}
	with := slices.DeleteFunc(names, func(name string) bool {
		return slices.ContainsFunc(needed, func(output string) bool { return Stack{name, stacks[name]}.Output(output) == "" })
	})
	if len(with) == 1 {
		return with[0], nil
	}
	return "", fmt.Errorf("%d stacks in it have the outputs %s, choose with -stack: %q", len(with), strings.Join(needed, " and "), with)
}

// local is where the local stage says that it listens, whose queues and sockets have URLs there, or "" for a stack on AWS.
func (s Stack) local() string {
	for _, output := range slices.Sorted(maps.Keys(s.outputs)) {
		at, err := url.Parse(s.Output(output))
		if err == nil && at.Hostname() == "127.0.0.1" {
			return "http://" + at.Host
		}
	}
	if s.Name == stackPrefix+stageLocal {
		return defaultEndpoint
	}
	return ""
}

// Config is the caller's own, in region unless that is "". For a stack of the local stage it is the endpoint with the
// administrator's credentials there, so that nobody's real ones are used. endpoint, unless "", is used instead of AWS's.
func (s Stack) Config(ctx context.Context, region, endpoint string) (aws.Config, error) {
	var load []func(*config.LoadOptions) error
	local := s.local()
	if region == "" && local != "" {
		region = "us-east-1"
	}
	if region != "" {
		load = append(load, config.WithRegion(region))
	}
	if local != "" {
		load = append(load, config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("test", "test", "")))
		if endpoint == "" && os.Getenv("AWS_ENDPOINT_URL") == "" {
			endpoint = local
		}
	}
	if endpoint != "" {
		load = append(load, config.WithBaseEndpoint(endpoint))
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return cfg, fmt.Errorf("load the AWS configuration: %w", err)
	}
	return cfg, nil
}
