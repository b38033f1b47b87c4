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
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	name, _ := app.Node().TryGetContext(jsii.String("stage")).(string)
	stage, err := stageNamed(name)
	if err != nil {
		fmt.Fprintln(os.Stderr, "hermes:", err)
		jsii.Close()
		os.Exit(1)
	}
	newStack(app, stage)
	app.Synth(nil)
}
