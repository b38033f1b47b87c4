package app

import (
	"log/slog"
	"os"
	"time"

	"github.com/hermes-cdk/hermes/functions/internal/env"
	"github.com/hermes-cdk/hermes/functions/internal/metrics"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// newEmitter returns the hub's metrics.
func newEmitter(vars *env.Vars) *metrics.Emitter {
	return &metrics.Emitter{
		Out: os.Stdout, Namespace: contract.MetricNamespace, Dimension: contract.MetricDimension,
		Value: vars.Required(contract.EnvMetricsName), Now: time.Now,
	}
}

// begin counts the start of the process, unless its environment is incomplete: then it ends.
func begin(vars *env.Vars, emitter *metrics.Emitter, log *slog.Logger) {
	vars.MustBeComplete(log)
	emitter.Count(contract.MetricColdStarts, 1)
}
