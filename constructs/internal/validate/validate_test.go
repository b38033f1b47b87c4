package validate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/constructs/internal/validate"
)

func TestErrors(t *testing.T) {
	for name, test := range map[string]struct {
		check func(*validate.Errors)
		want  string
	}{
		"a duration that is not whole seconds": {
			func(e *validate.Errors) { e.Duration("retention", 1500*time.Millisecond, time.Second, time.Hour) },
			"retention must be whole seconds, got 1.5s",
		},
		"a duration beyond its limit": {
			func(e *validate.Errors) { e.Duration("retention", 2*time.Hour, time.Second, time.Hour) },
			"retention must be between 1s and 1h0m0s, got 2h0m0s",
		},
		"a number below its limit": {
			func(e *validate.Errors) { e.Number("shards", -1, 1, 64) },
			"shards must be between 1 and 64, got -1",
		},
		"zero, which stands for the default": {
			func(e *validate.Errors) {
				e.Number("shards", 0, 1, 64)
				e.Duration("retention", 0, time.Second, time.Hour)
			},
			"",
		},
		"a prop that another rules out": {
			func(e *validate.Errors) { e.Excluded(true, "bucketProps", "bucket") },
			"bucketProps is given though bucket is",
		},
		"origins, good and bad": {
			func(e *validate.Errors) {
				e.Origins("allowedOrigins", []string{"https://app.example.com", "http://localhost:8080", "example.com", "https://a/"})
			},
			`allowedOrigins must be like "https://app.example.com", got "example.com"; ` +
				`allowedOrigins must be like "https://app.example.com", got "https://a/"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var e validate.Errors
			test.check(&e)
			if got := strings.Join(e, "; "); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestPanicNamesTheConstruct(t *testing.T) {
	path := "Stack/Hub"
	defer func() {
		if got, want := recover(), `notification hub "Stack/Hub": a; b`; got != want {
			t.Errorf("panicked with %v, want %s", got, want)
		}
	}()
	validate.Errors{"a", "b"}.Panic("notification hub", &path)
}
