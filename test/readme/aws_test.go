package readme

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// This binary, called by the name aws, stands in for the AWS CLI where that is not installed: it reads the command
// line that the README prints and makes the same call.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "aws" {
		if err := standIn(context.Background(), os.Args[1:], os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "aws:", err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if err := printReport(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// standIn does what the AWS CLI does for one command line.
func standIn(ctx context.Context, args []string, out io.Writer) error {
	general := flag.NewFlagSet("aws", flag.ContinueOnError)
	endpoint := general.String("endpoint-url", "", "")
	if err := general.Parse(args); err != nil {
		return err
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	queues := sqs.NewFromConfig(cfg, func(o *sqs.Options) {
		if *endpoint != "" {
			o.BaseEndpoint = endpoint
		}
	})
	rest := general.Args()
	if len(rest) < 2 || rest[0] != "sqs" || rest[1] != "send-message" {
		return fmt.Errorf("%q is not known to the stand-in for the AWS CLI", rest)
	}
	options := flag.NewFlagSet(rest[1], flag.ContinueOnError)
	url, body := options.String("queue-url", "", ""), options.String("message-body", "", "")
	if err := options.Parse(rest[2:]); err != nil {
		return err
	}
	if options.NArg() > 0 {
		return fmt.Errorf("unknown options: %q", options.Args())
	}
	answer, err := queues.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: url, MessageBody: body})
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(answer)
}

// A shell is a machine on which the commands of a page are run.
type shell struct{ name, path string }

// shells are this machine and, where it has the AWS CLI, one beside it that has the stand-in instead.
func shells(t *testing.T) []shell {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(self, filepath.Join(dir, "aws")); err != nil {
		t.Fatal(err)
	}
	found := []shell{{"a client that reads the same lines", dir + string(filepath.ListSeparator) + os.Getenv("PATH")}}
	if _, err := exec.LookPath("aws"); err != nil {
		report("note     there is no AWS CLI here: its lines were run by %s", found[0].name)
		return found
	}
	return append([]shell{{"the AWS CLI", os.Getenv("PATH")}}, found...)
}

func TestTheStandInRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"another service", []string{"s3", "ls"}, `["s3" "ls"] is not known to the stand-in for the AWS CLI`},
		{"another operation", []string{"sqs", "purge-queue"}, `["sqs" "purge-queue"] is not known to the stand-in for the AWS CLI`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if err := standIn(t.Context(), c.args, io.Discard); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
