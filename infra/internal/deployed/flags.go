package deployed

import (
	"errors"
	"flag"
	"fmt"
	"io"
)

// ParseFlags adds the flags that choose a place and an endpoint to those of a command, and parses args. needed, such as "the
// outputs A and B", is what the stack is recognized by.
func ParseFlags(flags *flag.FlagSet, args []string, stderr io.Writer, needed string) (p Place, endpoint string, err error) {
	flags.StringVar(&p.File, "outputs", "", "`file` of stack outputs (default .hermes/<stage>/outputs.json)")
	flags.StringVar(&p.Stage, "stage", "", "`stage` whose file to read and whose stack, Hermes-<stage>, to take from it (default: local)")
	flags.StringVar(&p.Stack, "stack", "", "`stack` to take from the file (default: the only one with "+needed+")")
	flags.StringVar(&endpoint, "endpoint", "", "AWS endpoint `URL` (default: AWS_ENDPOINT_URL; for stage local, where that listens)")
	flags.SetOutput(io.Discard) // a wrong flag is one line, not the whole usage
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(stderr)
			flags.Usage()
		}
		return p, endpoint, err
	}
	if flags.NArg() > 0 {
		return p, endpoint, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if p.Stage != "" && p.Stack != "" {
		return p, endpoint, errors.New("-stage and -stack exclude each other")
	}
	return p, endpoint, nil
}
