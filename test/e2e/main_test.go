package e2e

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// stageArguments are given to each stage too, such as "-concurrency 10" for an account as new ones are:
//
//	go test ./test/e2e -args -stage "-concurrency 10"
var stageArguments = flag.String("stage", "", "more `arguments` for each stage")

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

// run runs the tests, then looks at what they have left.
func run(m *testing.M) (code int) {
	if err := prepare(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	defer os.RemoveAll(folder)
	code = m.Run()
	for _, fault := range audit(code == 0 && whole()) {
		fmt.Fprintln(os.Stderr, "--- FAIL: after the suite:", fault)
		code = 1
	}
	return code
}

// whole says whether every test was run, so that it can be told what none of them needed.
func whole() bool {
	for _, name := range []string{"test.run", "test.skip"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" {
			return false
		}
	}
	return flag.Lookup("test.list").Value.String() == ""
}
