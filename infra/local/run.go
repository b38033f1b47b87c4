package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/stage"
)

// stopWithin bounds the graceful end. Whatever runs then ends with this process.
const stopWithin = 15 * time.Second

// run starts the stage, prints how to use it, and ends it when ctx does.
func run(ctx context.Context, o options) error {
	listener, err := stage.Listen(ctx, o.port)
	if err != nil {
		return err
	}
	defer listener.Close() // the stage does so too; closing twice is harmless
	var app project
	if o.assembly == "" {
		if app, err = readProject(o.app); err != nil {
			return err
		}
	}
	sites, err := app.sites()
	if err != nil {
		return err
	}
	folder, err := claimFolder(o)
	if err != nil {
		return err
	}
	defer folder.end()
	if o.assembly == "" {
		o.assembly = filepath.Join(folder.dir, "cdk.out")
		if err := synthesize(ctx, o, app); err != nil {
			return err
		}
	}
	printer := newConsole(os.Stdout)
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	starting := tick(os.Stderr, "starting")
	running, err := stage.Start(ctx, stage.Options{
		Assembly: o.assembly, Stacks: o.stacks, Beside: o.beside, Root: o.root, Data: folder.dir, Ephemeral: o.ephemeral, Listener: listener,
		Logger: log, Lines: printer.line, Limits: o.limits, Sites: sites, ConfirmIdentities: o.confirm,
	})
	starting.end()
	if err != nil {
		return err
	}
	folder.kept = true
	outputs := filepath.Join(folder.dir, "outputs.json")
	if err = writeOutputs(outputs, running.Outputs()); err == nil {
		table(ctx, os.Stdout, running, app, outputs, time.Since(o.begun))
		<-ctx.Done()
	}
	fmt.Fprintln(os.Stderr, "stopping")
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if stopErr := running.Stop(stopping); stopErr != nil {
		log.Warn("not everything stopped as it should", "error", stopErr)
	}
	return err
}

// synthesize makes the assembly and, meanwhile, what data services need.
func synthesize(ctx context.Context, o options, app project) error {
	ctx, abandon := context.WithCancel(ctx)
	defer abandon()
	var prepared sync.WaitGroup
	prepared.Go(func() { stage.Prepare(ctx, o.root) })
	defer prepared.Wait()
	err := app.synthesize(ctx, o.root, o.assembly, o.synth, os.Stderr)
	if err != nil || !hasBucket(o.assembly) {
		abandon()
	}
	return err
}

// hasBucket reports whether a template of the assembly has a bucket, without which nobody should wait for what buckets need.
func hasBucket(assembly string) bool {
	found := false
	_ = filepath.WalkDir(assembly, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".template.json") && !found {
			content, _ := os.ReadFile(path)
			found = bytes.Contains(content, []byte("AWS::S3::Bucket\""))
		}
		return nil
	})
	return found
}

// writeOutputs writes what cdk deploy --outputs-file would, and replaces the file in one step.
func writeOutputs(path string, outputs map[string]map[string]string) error {
	content, err := json.MarshalIndent(outputs, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", append(content, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// table prints where everything is: the endpoint, the outputs, what the app wants shown, and how to stop.
func table(ctx context.Context, w io.Writer, running *stage.Stage, app project, outputs string, took time.Duration) {
	fmt.Fprintf(w, "\nready in %.1f s\n\n", took.Seconds())
	row := func(label, value string) { fmt.Fprintf(w, "  %-22s %s\n", label, value) }
	row("AWS endpoint", running.URL()+"  (AWS_ENDPOINT_URL; AWS_DEFAULT_REGION="+running.Region()+", credentials test/test)")
	for _, stackName := range sorted(running.Outputs()) {
		for _, name := range sorted(running.Outputs()[stackName]) {
			row(name, running.Outputs()[stackName][name])
		}
	}
	if names := running.Confirmed(); len(names) > 0 {
		row("mail identities", strings.Join(names, ", ")+"  (confirmed here; on AWS their owner has to)")
	}
	for label, command := range app.ready() {
		row(label, show(ctx, command, running, outputs))
	}
	row("controls", running.URL()+"/_local/health  usage  denied  permissions  outbox  faults  logs")
	row("outputs", outputs)
	for _, r := range running.NotRun() {
		row("not run", r.LogicalID+": "+r.Type+", "+r.Reason)
	}
	row("stop", "Ctrl-C")
	fmt.Fprintln(w)
}

// show runs a command of readyKey and gives the first line of what it prints, or why there is none.
func show(ctx context.Context, command string, running *stage.Stage, outputs string) string {
	run := exec.CommandContext(ctx, "sh", "-c", command)
	run.Env = append(os.Environ(), "LOCAL_OUTPUTS="+outputs, "AWS_ENDPOINT_URL="+running.URL(),
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_REGION="+running.Region())
	out, err := run.Output()
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			line, _, _ = strings.Cut(strings.TrimSpace(string(failed.Stderr)), "\n")
		}
		return fmt.Sprintf("%s (%s: %v)", line, command, err)
	}
	return line
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
