package app

import (
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/hermes-cdk/hermes/functions/internal/clock"
	"github.com/hermes-cdk/hermes/functions/internal/env"
	"github.com/hermes-cdk/hermes/functions/internal/metrics"
	"github.com/hermes-cdk/hermes/functions/internal/sqs"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/content"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/store"
)

// Each part gets its names from the environment first, so that everything missing is reported at once, and its client
// after.

func table(vars *env.Vars) store.Schedule {
	return store.Schedule{
		Table: vars.Required(contract.EnvScheduleTable), Shards: vars.Number(contract.EnvShards, 1, contract.MaxShards), Clock: clock.System{},
	}
}

func subscribersTable(vars *env.Vars) store.Subscribers {
	return store.Subscribers{Table: vars.Required(contract.EnvSubscribersTable)}
}

func deliveriesTable(vars *env.Vars) store.Deliveries {
	return store.Deliveries{Table: vars.Required(contract.EnvDeliveriesTable), TTL: vars.Seconds(contract.EnvRetention), Clock: clock.System{}}
}

func bucket(vars *env.Vars) content.Contents {
	return content.Contents{Bucket: vars.Required(contract.EnvBucket), Prefix: vars.Optional(contract.EnvBucketPrefix)}
}

func queue(vars *env.Vars, name string) sqs.Queue { return sqs.Queue{URL: vars.Required(name)} }

func emitter(vars *env.Vars) *metrics.Emitter {
	return &metrics.Emitter{
		Out: os.Stdout, Namespace: contract.MetricNamespace, Dimension: contract.MetricDimension,
		Value: vars.Required(contract.EnvMetricsName), Now: time.Now,
	}
}

// storage returns S3's client. Endpoints on one host need path style, which AWS supports too.
func storage(cfg aws.Config) *awss3.Client {
	return awss3.NewFromConfig(cfg, func(o *awss3.Options) {
		o.UsePathStyle = cfg.BaseEndpoint != nil || os.Getenv("AWS_ENDPOINT_URL") != ""
	})
}

type clients struct {
	tables *dynamodb.Client
	queues *awssqs.Client
}

func clientsOf(cfg aws.Config) clients {
	return clients{dynamodb.NewFromConfig(cfg), awssqs.NewFromConfig(cfg)}
}
