package provision

import (
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

func logKinds() map[string]kind {
	return map[string]kind{"AWS::Logs::LogGroup": kindOf(planLogGroup)}
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
type logGroupProperties struct {
	KmsKeyId        string //nolint:revive // the property's name
	LogGroupName    string
	RetentionInDays int

	LogGroupClass any `ignored:"it changes the price only"`
	Tags          any `ignored:"nothing reads tags"`
}

func planLogGroup(p *planner, r *assembly.Resource, in logGroupProperties) (assembly.Values, error) {
	name := physicalName(r, in.LogGroupName, maxLogGroupName)
	if err := p.claim(r, "logs", name); err != nil {
		return assembly.Values{}, err
	}
	g := LogGroup{ID: identify(r), Name: name, ARN: p.arn("logs", "log-group:"+name), Retention: time.Duration(in.RetentionInDays) * 24 * time.Hour}
	p.encryptLogs(r, in.KmsKeyId, g.ARN)
	p.resources.LogGroups = append(p.resources.LogGroups, g)
	return assembly.Values{Ref: name, Attributes: map[string]any{"Arn": g.ARN + ":*"}}, nil
}
