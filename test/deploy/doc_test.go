// Package deploy checks the templates of the stages as near to a deployment as a machine without an account gets: with
// CloudFormation's own schemas, and against the last release. It reads the golden templates, which are what the stages
// synthesize.
package deploy

import (
	"os"
	"path/filepath"
	"testing"
)

// stages are those that are deployed.
var stages = []string{"dev", "staging", "prod"}

// golden is the path of a stage's template, from the module's root.
func golden(stage string) string { return filepath.Join("infra", "testdata", stage+".golden.json") }

const root = "../.."

func TestMain(m *testing.M) {
	if err := os.Chdir(root); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
