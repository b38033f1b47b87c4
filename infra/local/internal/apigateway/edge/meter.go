package edge

// A Meter counts what AWS would bill. function is "" for callers that are not functions.
type Meter interface {
	Count(function, service, action string, units float64)
}

// Actions that the gateway meters under the service "apigateway".
const (
	MeterService          = "apigateway"
	MeterMessage          = "message"           // WebSocket, either direction, per 32 KB or part
	MeterConnectionMinute = "connection-minute" // WebSocket
	MeterRequest          = "http-request"      // HTTP API, per 512 KB or part
)

// NoMeter counts nothing.
type NoMeter struct{}

// Count implements Meter.
func (NoMeter) Count(string, string, string, float64) {}

// Units returns how many units of size bytes n bytes are billed as: at least one, parts rounded up.
// https://aws.amazon.com/api-gateway/pricing/
func Units(n, size int) float64 {
	if n <= size {
		return 1
	}
	return float64((n + size - 1) / size)
}
