package edge

// A Meter counts what AWS would bill. function is "" where no function is to blame.
type Meter interface {
	Count(function, service, action string, units float64)
}

// What the gateway counts under the service "apigateway".
const (
	MeterService          = "apigateway"
	MeterMessage          = "message"           // WebSocket, either direction, each 32 KB begun
	MeterConnectionMinute = "connection-minute" // WebSocket
	MeterRequest          = "http-request"      // HTTP API, each 512 KB begun
)

// NoMeter counts nothing.
type NoMeter struct{}

// Count implements Meter.
func (NoMeter) Count(string, string, string, float64) {}

// Units is how many units of size bytes n bytes make: at least one, each begun one counts.
// https://aws.amazon.com/api-gateway/pricing/
func Units(n, size int) float64 {
	if n <= size {
		return 1
	}
	return float64((n + size - 1) / size)
}
