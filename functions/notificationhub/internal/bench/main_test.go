package bench

import (
	"os"
	"testing"

	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/app"
)

// gatewayVariable makes the test binary the simulated gateway: in a process of its own, so that the CPU that is
// measured is the senders' alone.
const gatewayVariable = "HERMES_BENCH_GATEWAY"

func TestMain(m *testing.M) {
	if os.Getenv(gatewayVariable) != "" {
		serveGateway()
		return
	}
	app.TuneCollector() // as in the functions
	os.Exit(m.Run())
}
