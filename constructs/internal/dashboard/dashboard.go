// Package dashboard makes the CloudWatch dashboard of a construct: a row of graphs a question, in the order in which an operator
// asks them.
package dashboard

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

const (
	width  = 24 // of a dashboard, in cells
	height = 6  // of a graph
)

// A Graph shows metrics over time.
type Graph struct {
	Title   string
	Metrics []awscloudwatch.IMetric
}

// A Row answers a question.
type Row struct {
	Question string
	Graphs   []Graph
}

// New makes the dashboard. It begins with the state of the alarms, if there are any.
func New(scope constructs.Construct, alarms []awscloudwatch.Alarm, rows ...Row) awscloudwatch.Dashboard {
	board := awscloudwatch.NewDashboard(scope, jsii.String("Dashboard"), nil)
	if len(alarms) > 0 {
		shown := make([]interfacesawscloudwatch.IAlarmRef, len(alarms))
		for i, a := range alarms {
			shown[i] = a
		}
		board.AddWidgets(heading("Is it well?"))
		board.AddWidgets(awscloudwatch.NewAlarmStatusWidget(&awscloudwatch.AlarmStatusWidgetProps{
			Alarms: &shown, Width: jsii.Number(width), Height: jsii.Number(2), Title: jsii.String("Alarms"),
		}))
	}
	for _, row := range rows {
		board.AddWidgets(heading(row.Question))
		graphs := make([]awscloudwatch.IWidget, len(row.Graphs))
		for i, g := range row.Graphs {
			graphs[i] = awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{
				Title: jsii.String(g.Title), Left: &g.Metrics, Width: jsii.Number(width / len(row.Graphs)), Height: jsii.Number(height),
				LeftYAxis: &awscloudwatch.YAxisProps{Min: jsii.Number(0), ShowUnits: jsii.Bool(false)},
			})
		}
		board.AddWidgets(graphs...)
	}
	return board
}

func heading(question string) awscloudwatch.IWidget {
	return awscloudwatch.NewTextWidget(&awscloudwatch.TextWidgetProps{
		Markdown: jsii.String("## " + question), Width: jsii.Number(width), Height: jsii.Number(1),
		Background: awscloudwatch.TextWidgetBackground_TRANSPARENT,
	})
}

// Price is the cost in USD of what a metric counts, at so much a million. id, which begins with a small letter, is its own in the
// graph.
func Price(id, label string, metric awscloudwatch.IMetric, perMillion string) awscloudwatch.IMetric {
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression: jsii.String(id + " * " + perMillion + " / 1000000"), Label: &label,
		UsingMetrics: &map[string]awscloudwatch.IMetric{id: metric},
	})
}
