package provision

import (
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

func cloudWatchKinds() map[string]kind {
	return map[string]kind{
		"AWS::CloudWatch::Alarm":     kindOf(planAlarm),
		"AWS::CloudWatch::Dashboard": kindOf(planDashboard),
	}
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
type alarmProperties struct {
	ActionsEnabled     *bool
	AlarmActions       []string
	AlarmDescription   string
	AlarmName          string
	ComparisonOperator string `required:"true"`
	DatapointsToAlarm  int
	Dimensions         []struct {
		Name  string `required:"true"`
		Value string `required:"true"`
	}
	EvaluationPeriods int `required:"true"`
	ExtendedStatistic string
	MetricName        string
	Metrics           any // metric math: shown as computed
	Namespace         string
	OKActions         []string
	Period            int
	Statistic         string
	Threshold         float64
	TreatMissingData  string `only:"missing,notBreaching,breaching,ignore"`

	EvaluateLowSampleCountPercentile any `ignored:"percentiles are not evaluated"`
	InsufficientDataActions          any `ignored:"every metric has data"`
	Tags                             any `ignored:"nothing reads tags"`
	Unit                             any `ignored:"a metric has one unit here"`
}

func planAlarm(p *planner, r *assembly.Resource, in alarmProperties) (assembly.Values, error) {
	name := physicalName(r, in.AlarmName, maxAlarmName)
	if err := p.claim(r, "alarm", name); err != nil {
		return assembly.Values{}, err
	}
	a := Alarm{
		ID: identify(r), Name: name, ARN: p.arn("cloudwatch", "alarm:"+name), Description: in.AlarmDescription,
		Namespace: in.Namespace, Metric: in.MetricName, Dimensions: map[string]string{},
		Statistic: orDefault(in.Statistic, in.ExtendedStatistic), Period: time.Duration(in.Period) * time.Second,
		EvaluationPeriods: in.EvaluationPeriods, DatapointsToAlarm: in.DatapointsToAlarm, Threshold: in.Threshold,
		Comparison: in.ComparisonOperator, MissingData: orDefault(in.TreatMissingData, "missing"), Computed: in.Metrics != nil,
	}
	for _, d := range in.Dimensions {
		a.Dimensions[d.Name] = d.Value
	}
	if in.ActionsEnabled == nil || *in.ActionsEnabled {
		a.Actions, a.OKActions = in.AlarmActions, in.OKActions
	}
	p.resources.Alarms = append(p.resources.Alarms, a)
	return assembly.Values{Ref: name, Attributes: map[string]any{"Arn": a.ARN}}, nil
}

type dashboardProperties struct {
	DashboardBody string `required:"true"`
	DashboardName string
}

func planDashboard(p *planner, r *assembly.Resource, in dashboardProperties) (assembly.Values, error) {
	body, err := jsonText("Properties.DashboardBody", in.DashboardBody)
	if err != nil {
		return assembly.Values{}, err
	}
	d := Dashboard{ID: identify(r), Name: physicalName(r, in.DashboardName, maxAlarmName), Body: body}
	p.resources.Dashboards = append(p.resources.Dashboards, d)
	return assembly.Values{Ref: d.Name}, nil
}
