package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/stage"
)

// serveKey is the context key of folders of static files to serve: a list of path, dir, headers, and the output
// ("Stack.Name") that says where.
const serveKey = "local:serve"

// project is what cdk.json of the working directory says: the app to synthesize, its context, and what to run when all is
// ready.
type project struct {
	App     string         `json:"app"`
	Context map[string]any `json:"context"`
}

// readyKey is the context key of commands to run once the stage is ready: a label for the table, and the command whose
// output stands beside it. The file of outputs is in LOCAL_OUTPUTS.
const readyKey = "local:ready"

// readProject reads cdk.json. app, if given, is the app's command in its place; then there need be no cdk.json.
func readProject(app string) (project, error) {
	var p project
	raw, err := os.ReadFile("cdk.json")
	switch {
	case errors.Is(err, os.ErrNotExist) && app != "":
		raw = []byte("{}")
	case errors.Is(err, os.ErrNotExist):
		return p, errors.New("there is no cdk.json here: run from the root of a CDK app, name its command with -app COMMAND, or a cloud assembly with -assembly DIR")
	case err != nil:
		return p, err
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		return p, fmt.Errorf("cdk.json: %w", err)
	}
	if app != "" {
		p.App = app
	}
	if err := p.readContext(); err != nil {
		return p, err
	}
	if p.App == "" {
		return p, errors.New("cdk.json names no app")
	}
	return p, nil
}

// readContext adds what the CDK CLI has looked up and kept, for example hosted zones.
func (p *project) readContext() error {
	raw, err := os.ReadFile("cdk.context.json")
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	var kept map[string]any
	if err = errors.Join(err, json.Unmarshal(raw, &kept)); err != nil {
		return fmt.Errorf("cdk.context.json: %w", err)
	}
	maps.Copy(kept, p.Context)
	p.Context = kept
	return nil
}

// ready lists the commands of readyKey.
func (p project) ready() map[string]string {
	commands := map[string]string{}
	entries, _ := p.Context[readyKey].(map[string]any)
	for label, command := range entries {
		if text, ok := command.(string); ok {
			commands[label] = text
		}
	}
	return commands
}

// sites lists the folders of serveKey.
func (p project) sites() ([]stage.Site, error) {
	raw, err := json.Marshal(p.Context[serveKey])
	if err != nil {
		return nil, err
	}
	var sites []stage.Site
	if err := json.Unmarshal(raw, &sites); err != nil {
		return nil, fmt.Errorf("cdk.json: context %s: %w", serveKey, err)
	}
	return sites, nil
}

// synthesize runs the app for stage local into the folder assembly, the way the CDK CLI does: the context in CDK_CONTEXT_JSON,
// the folder in CDK_OUTDIR. What the app prints is shown as its progress, and whole when it fails. It is not run where the
// assembly was made of the very same inputs, unless force.
func (p project) synthesize(ctx context.Context, root, assembly string, force bool, out io.Writer) error {
	values := map[string]any{
		"aws:cdk:enable-path-metadata":    true,
		"aws:cdk:enable-asset-metadata":   true,
		"aws:cdk:version-reporting":       false,
		"aws:cdk:bundling-stacks":         []string{"**"},
		"aws:cdk:disable-stack-trace":     true,
		"aws:cdk:disable-asset-staging":   false,
		"aws:cdk:disable-metadata-stacks": true,
	}
	maps.Copy(values, p.Context)
	values["stage"] = "local"
	encoded, err := json.Marshal(values)
	if err != nil {
		return fmt.Errorf("cdk.json: %w", err)
	}
	stamp := assembly + ".inputs"
	made, err := inputs(root, append(encoded, p.App...), os.Environ())
	if err != nil {
		return err
	}
	if known, err := os.ReadFile(stamp); err == nil && string(known) == made && !force {
		fmt.Fprintln(out, "synthesized before, and nothing has changed")
		return nil
	}
	if err := errors.Join(os.RemoveAll(assembly), os.RemoveAll(stamp)); err != nil {
		return err
	}
	if err := p.run(ctx, assembly, encoded, out); err != nil {
		return errors.Join(err, os.RemoveAll(assembly))
	}
	return os.WriteFile(stamp, []byte(made), 0o644)
}

func (p project) run(ctx context.Context, assembly string, values []byte, out io.Writer) error {
	command := exec.CommandContext(ctx, "sh", "-c", p.App)
	command.Env = append(os.Environ(),
		"CDK_OUTDIR="+assembly,
		"CDK_CONTEXT_JSON="+string(values),
		"CDK_DEFAULT_ACCOUNT=", "CDK_DEFAULT_REGION=",
		"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20",
		"JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION=1",
	)
	progress := tick(out, "synthesizing: "+p.App)
	var printed bytes.Buffer
	both := io.MultiWriter(&printed, progress)
	command.Stdout, command.Stderr = both, both
	// A group of its own, so that go, the app and what that runs end together.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGINT) }
	command.WaitDelay = 5 * time.Second
	err := command.Run()
	progress.end()
	if err != nil {
		return fmt.Errorf("the app does not synthesize (%s: %w):\n%s", p.App, err, strings.TrimSpace(printed.String()))
	}
	return nil
}
