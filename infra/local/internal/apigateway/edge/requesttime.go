package edge

import "time"

// RequestTime formats t as requestContext.requestTime does: 11/Nov/2024:13:45:46 +0000.
func RequestTime(t time.Time) string { return t.UTC().Format("02/Jan/2006:15:04:05 -0700") }
