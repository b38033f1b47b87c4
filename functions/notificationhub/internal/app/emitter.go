package app

import (
	"os"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/env"
	"github.com/hermes-cdk/hermes/functions/internal/metrics"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// newEmitter returns the hub's metrics, and counts the start of the process.
func newEmitter(vars *env.Vars) *metrics.Emitter {
	e := &metrics.Emitter{
		Out: os.Stdout, Namespace: contract.MetricNamespace, Dimension: contract.MetricDimension,
		Value: vars.Required(contract.EnvMetricsName), Now: time.Now,
	}
	e.Count(contract.MetricColdStarts, 1)
	return e
}
