package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strings"
)

const (
	stageLocal      = "local"
	stackPrefix     = "Hermes-" // a stack is named for its stage
	defaultEndpoint = "http://127.0.0.1:4566"
)

// outputs are those of a stack that this command needs.
type outputs struct {
	stage           string
	TokensTableName string
	SecretArn       string
	QueueUrl        string // optional; of stage local it has the address of the AWS endpoint
}

// readOutputs reads the file that cdk deploy --outputs-file writes, and the local stage too:
// {"Hermes-<stage>":{"TokensTableName":"..","SecretArn":"..",..}}. An empty stage stands for the only one in it.
func readOutputs(path, stage string) (outputs, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return outputs{}, fmt.Errorf("%s does not exist: make run writes it for stage local, make deploy for the others", path)
	}
	if err != nil {
		return outputs{}, err
	}
	out, err := parseOutputs(raw, stage)
	if err != nil {
		return outputs{}, fmt.Errorf("%s: %w", path, err)
	}
	return out, nil
}

func parseOutputs(raw []byte, stage string) (outputs, error) {
	var stacks map[string]map[string]any
	if err := json.Unmarshal(raw, &stacks); err != nil {
		return outputs{}, fmt.Errorf("not a JSON object of stacks: %w", err)
	}
	name, err := pick(stacks, stage)
	if err != nil {
		return outputs{}, err
	}
	out := outputs{stage: strings.TrimPrefix(name, stackPrefix)}
	for output, field := range map[string]*string{"TokensTableName": &out.TokensTableName, "SecretArn": &out.SecretArn} {
		value, _ := stacks[name][output].(string)
		if value == "" {
			return outputs{}, fmt.Errorf("stack %s has no output %s", name, output)
		}
		*field = value
	}
	out.QueueUrl, _ = stacks[name]["QueueUrl"].(string)
	return out, nil
}

func pick(stacks map[string]map[string]any, stage string) (string, error) {
	var names []string
	for name := range stacks {
		if strings.HasPrefix(name, stackPrefix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	switch {
	case stage != "" && slices.Contains(names, stackPrefix+stage):
		return stackPrefix + stage, nil
	case stage != "":
		return "", fmt.Errorf("no stack %s%s in it, only %q", stackPrefix, stage, names)
	case len(names) == 1:
		return names[0], nil
	}
	return "", fmt.Errorf("%d stacks of the name %s<stage> in it, choose with -stage: %q", len(names), stackPrefix, names)
}

// localEndpoint is where stage local says that it listens: its queues have URLs there.
func (o outputs) localEndpoint() string {
	queue, err := url.Parse(o.QueueUrl)
	if err != nil || queue.Host == "" {
		return defaultEndpoint
	}
	return queue.Scheme + "://" + queue.Host
}
