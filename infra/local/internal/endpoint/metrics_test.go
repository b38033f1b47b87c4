package endpoint

import (
	"net/url"
	"strings"
	"testing"
)

func TestMetricsAreTakenAndCounted(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.Handle("monitoring", Metrics{})
	status, body := s.query(t, "monitoring", "/", url.Values{"Action": {"PutMetricData"}, "Namespace": {"N"}})
	if status != 200 || !strings.Contains(body, "<PutMetricDataResult></PutMetricDataResult>") {
		t.Errorf("answer = %d %s", status, body)
	}
	if items := s.meter.Usage().Items; len(items) != 1 || items[0].Service != "monitoring" || items[0].USD != 0.00001 {
		t.Errorf("usage = %+v", items)
	}
	if status, body = s.query(t, "monitoring", "/", url.Values{"Action": {"ListMetrics"}}); status != 400 || !strings.Contains(body, "<Code>InvalidAction</Code>") {
		t.Errorf("another operation = %d %s", status, body)
	}
}
