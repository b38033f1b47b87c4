package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"slices"
)

const (
	stageLocal      = "local"
	stackPrefix     = "Hermes-" // a stack of this repository is named for its stage
	tokensOutput    = "TokensTableName"
	secretOutput    = "SecretArn"
	defaultEndpoint = "http://127.0.0.1:4566"
)

// outputs are those of a stack that this command needs.
type outputs struct {
	stack           string
	TokensTableName string
	SecretArn       string
	// local is where the local stage listens whose stack it is; "" on AWS. Its outputs hold URLs of this machine.
	local string
}

// A stack's outputs by name.
type stack map[string]any

func (s stack) text(output string) string {
	value, _ := s[output].(string)
	return value
}

// readOutputs reads the file that cdk deploy --outputs-file writes, and the local stage too:
// {"<stack>":{"TokensTableName":"..","SecretArn":"..",..}}.
func readOutputs(o options) (outputs, error) {
	path := o.outputsFile()
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return outputs{}, fmt.Errorf("%s does not exist: make run writes it for stage local, make deploy for the others", path)
	}
	if err != nil {
		return outputs{}, err
	}
	out, err := parseOutputs(raw, o.stackName())
	if err != nil {
		return outputs{}, fmt.Errorf("%s: %w", path, err)
	}
	return out, nil
}

// parseOutputs takes the outputs of the stack of that name, or, for "", of the only one that has them.
func parseOutputs(raw []byte, name string) (outputs, error) {
	var stacks map[string]stack
	if err := json.Unmarshal(raw, &stacks); err != nil {
		return outputs{}, fmt.Errorf("not a JSON object of stacks: %w", err)
	}
	if name == "" {
		var err error
		if name, err = pick(stacks); err != nil {
			return outputs{}, err
		}
	}
	chosen, ok := stacks[name]
	if !ok {
		return outputs{}, fmt.Errorf("no stack %s in it, only %q", name, slices.Sorted(maps.Keys(stacks)))
	}
	for _, output := range []string{tokensOutput, secretOutput} {
		if chosen.text(output) == "" {
			return outputs{}, fmt.Errorf("stack %s has no output %s: add an awscdk.CfnOutput of that name to the app", name, output)
		}
	}
	return outputs{
		stack: name, TokensTableName: chosen.text(tokensOutput), SecretArn: chosen.text(secretOutput), local: chosen.endpoint(name),
	}, nil
}

// pick is the only stack, or the only one with what is needed.
func pick(stacks map[string]stack) (string, error) {
	names := slices.Sorted(maps.Keys(stacks))
	if len(names) == 1 {
		return names[0], nil
	}
	with := slices.DeleteFunc(names, func(name string) bool {
		return stacks[name].text(tokensOutput) == "" || stacks[name].text(secretOutput) == ""
	})
	if len(with) == 1 {
		return with[0], nil
	}
	return "", fmt.Errorf("%d stacks in it have the outputs %s and %s, choose with -stack: %q", len(with), tokensOutput, secretOutput, with)
}

// endpoint is where the local stage says that it listens: its queues and sockets have URLs there.
func (s stack) endpoint(name string) string {
	for _, output := range slices.Sorted(maps.Keys(s)) {
		at, err := url.Parse(s.text(output))
		if err == nil && at.Hostname() == "127.0.0.1" {
			return "http://" + at.Host
		}
	}
	if name == stackPrefix+stageLocal {
		return defaultEndpoint
	}
	return ""
}
