package budgetsubscriber

import (
	"cmp"
	"encoding/json"
	"strconv"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/hermes-cdk/hermes/constructs/internal/grant"
	"github.com/hermes-cdk/hermes/constructs/internal/lambdafn"
	"github.com/hermes-cdk/hermes/functions/budgetsubscriber/contract"
)

const (
	// notifyTimeout is below the 15 s for which SNS waits: a delivery that is still worked on must not look failed.
	// https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html
	notifyTimeout = 14 * time.Second
	notifyMemory  = 256
	layerFolder   = "/opt" // https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
)

// newFunction makes the function and allows it what it does.
func (b *budgetSubscriber) newFunction() {
	b.notify = lambdafn.New(b, jsii.String("Notify"), &lambdafn.Props{
		Package:      "functions/budgetsubscriber/" + contract.FunctionNotify,
		Description:  "Hermes budget: notifies recipients of alerts",
		Options:      b.props.Notify.WithDefaults(notifyMemory, b.props.Architecture),
		Timeout:      notifyTimeout,
		Variables:    b.environment(),
		LogRetention: b.props.LogRetention,
		Resources:    b.resources(),
	})
	grant.Allow(b.notify, grant.ARN(b.topic.TopicArn()), "sns:ConfirmSubscription")
	grant.Allow(b.notify, grant.Table(b.receipts), "dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:DeleteItem")
	grant.Allow(b.notify, grant.Queue(b.deadLetters), "sqs:SendMessage")
	b.consumeRedrive()
	b.allowMail()
	if b.props.Hub != nil {
		b.props.Hub.GrantPublish(b.notify)
	}
	if b.props.Templates != "" {
		b.notify.AddLayers(awslambda.NewLayerVersion(b, jsii.String("Templates"), &awslambda.LayerVersionProps{
			Code:        awslambda.Code_FromAsset(jsii.String(b.props.Templates), nil),
			Description: jsii.String("Templates of the e-mail about alerts"),
		}))
	}
}

// environment is what the function reads at its cold start. The hub adds where its queue is.
func (b *budgetSubscriber) environment() map[string]*string {
	retention := cmp.Or(b.props.ReceiptRetention, contract.DefaultReceiptTTL)
	env := map[string]*string{
		contract.EnvTopicARN:         b.topic.TopicArn(),
		contract.EnvSignatureVersion: jsii.String(strconv.Itoa(b.signatureVersion())),
		contract.EnvReceiptsTable:    b.receipts.TableName(),
		contract.EnvReceiptTTL:       jsii.String(strconv.FormatInt(int64(retention/time.Second), 10)),
		contract.EnvDeadLetterURL:    b.deadLetters.QueueUrl(),
		contract.EnvMetricsName:      b.metricsName(),
	}
	b.addMail(env)
	if b.props.Budget != nil {
		env[contract.EnvBudgetName], env[contract.EnvBudgetTitle] = jsii.String(b.budgetName), jsii.String(b.title())
	}
	if b.props.Hub != nil {
		env[contract.EnvRoom] = jsii.String(cmp.Or(b.props.Room, contract.DefaultRoom))
	}
	if b.props.Templates != "" {
		env[contract.EnvTemplates] = jsii.String(layerFolder)
	}
	if b.props.AuthenticateOnUnsubscribe {
		env[contract.EnvAuthenticate] = jsii.String("true")
	}
	return env
}

func (b *budgetSubscriber) addMail(env map[string]*string) {
	if !b.sendsMail() {
		return
	}
	text, err := json.Marshal(b.props.Recipients)
	if err != nil { // strings always encode
		panic(err)
	}
	env[contract.EnvRecipients], env[contract.EnvSender] = jsii.String(string(text)), jsii.String(b.props.Sender)
	env[contract.EnvConfigurationSet] = b.configurationSet.ConfigurationSetName()
}

func (b *budgetSubscriber) signatureVersion() int {
	switch {
	case b.props.SignatureVersion != 0:
		return b.props.SignatureVersion
	case b.ownTopic != nil:
		return 2
	default:
		return 1
	}
}
