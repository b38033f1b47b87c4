// Command infra is the CDK app of Hermes. The context value "stage" picks a row of the table of stages:
//
//	npx cdk synth -c stage=dev
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	code := run()
	jsii.Close()
	os.Exit(code)
}

// run synthesizes the stage that the context names, and returns the exit code. Constructs panic with what is wrong, e.g. the
// compiler's output of a function that does not build; a stack trace of our own code would only hide it.
func run() (code int) {
	defer func() {
		if reason := recover(); reason != nil {
			fmt.Fprintln(os.Stderr, "hermes:", reason)
			code = 1
		}
	}()
	app := awscdk.NewApp(nil)
	name, _ := app.Node().TryGetContext(jsii.String("stage")).(string)
	stage, err := stageNamed(name)
	if err == nil {
		stage, err = stage.withContext(func(name string) string {
			switch value := app.Node().TryGetContext(jsii.String(name)).(type) {
			case nil:
				return ""
			default:
				return fmt.Sprint(value) // -c a=1 arrives as text, cdk.json may hold a number
			}
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "hermes:", err)
		return 1
	}
	newStack(app, stage)
	app.Synth(nil)
	return 0
}
