// Command handler is a function on the unmodified aws-lambda-go runtime that does what its event asks for.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type request struct {
	Do    string
	Text  string
	Bytes int
	Wait  time.Duration
}

var (
	served int
	kept   []byte
)

func main() {
	switch os.Getenv("INIT") {
	case "exit":
		os.Exit(3)
	case "leave":
		os.Exit(0)
	case "hang":
		time.Sleep(time.Hour) // time.Sleep(time.Hour) ends a program that waits for nothing else as a deadlock
	case "once": // fails in the first process, comes up in the second
		marker := os.Getenv("MARKER")
		if _, err := os.Stat(marker); err != nil {
			_ = os.WriteFile(marker, nil, 0o600)
			fmt.Fprintln(os.Stderr, "not yet")
			os.Exit(4)
		}
	case "sigterm":
		lambda.StartWithOptions(handle, lambda.WithEnableSIGTERM())
	}
	lambda.Start(handle)
}

func handle(ctx context.Context, r request) (any, error) {
	served++
	switch r.Do {
	case "fail":
		return nil, errors.New(r.Text)
	case "panic":
		panic(r.Text)
	case "exit":
		os.Exit(r.Bytes)
	case "wait":
		time.Sleep(r.Wait)
	case "hang":
		fmt.Println("pid", os.Getpid())
		select {}
	case "print":
		fmt.Println("out " + r.Text)
		fmt.Fprintln(os.Stderr, "err "+r.Text)
		fmt.Print("unfinished " + r.Text)
	case "large":
		return strings.Repeat("x", r.Bytes), nil
	case "allocate":
		kept = make([]byte, r.Bytes)
		for i := range kept {
			kept[i] = 1
		}
	case "broken":
		return &brokenReader{}, nil
	case "environment":
		return os.Environ(), nil
	case "context":
		lc, _ := lambdacontext.FromContext(ctx)
		deadline, _ := ctx.Deadline()
		return map[string]any{"arn": lc.InvokedFunctionArn, "request": lc.AwsRequestID, "left": time.Until(deadline), "trace": os.Getenv("_X_AMZN_TRACE_ID")}, nil
	case "write":
		return writable(), nil
	case "child": // a process of its own, that would outlive us
		child := exec.Command("/bin/sleep", "600")
		if err := child.Start(); err != nil {
			return nil, err
		}
		return child.Process.Pid, nil
	case "pid":
		return os.Getpid(), nil
	case "event":
		return r, nil
	}
	return map[string]any{"served": served, "text": r.Text}, nil
}

// writable reports where files can be created.
func writable() map[string]string {
	found := map[string]string{}
	for name, dir := range map[string]string{"code": os.Getenv("LAMBDA_TASK_ROOT"), "scratch": os.TempDir()} {
		found[name] = "yes"
		if err := os.WriteFile(filepath.Join(dir, "written"), []byte("x"), 0o600); err != nil {
			found[name] = "no"
		}
	}
	found["cwd"], _ = os.Getwd()
	found["taskRoot"] = os.Getenv("LAMBDA_TASK_ROOT")
	return found
}

// A brokenReader fails after its first bytes.
type brokenReader struct{ read bool }

func (b *brokenReader) Read(p []byte) (int, error) {
	if b.read {
		return 0, errors.New("source went away")
	}
	b.read = true
	return copy(p, "half"), nil
}

var _ io.Reader = (*brokenReader)(nil)
