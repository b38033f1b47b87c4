package provision

import (
	"strings"
	"testing"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

func TestPhysicalName(t *testing.T) {
	t.Parallel()
	r := &assembly.Resource{Stack: &assembly.Stack{Name: "Stack"}, LogicalID: strings.Repeat("L", 70)}
	tests := []struct {
		name, explicit string
		limit          int
		want           string
	}{
		{"an explicit name stays", "mine", 10, "mine"},
		{"stack and logical id make the name", "", 80, "Stack-" + strings.Repeat("L", 70)},
		{"a long name ends in a hash", "", 30, "Stack-LLLLLLLLLLLLLLL-c41cdf5b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := physicalName(r, tt.explicit, tt.limit)
			if got != tt.want || tt.explicit == "" && len(got) > tt.limit {
				t.Fatalf("got %s (%d), want %s", got, len(got), tt.want)
			}
		})
	}
}

func TestRewriteExecuteAPI(t *testing.T) {
	t.Parallel()
	rewrite := RewriteExecuteAPI("http://127.0.0.1:4566/", "us-east-1")
	tests := []struct{ name, text, want string }{
		{"https becomes http", "https://abc123.execute-api.us-east-1.amazonaws.com/live", "http://127.0.0.1:4566/_aws/execute-api/abc123/live"},
		{"wss becomes ws", "wss://abc123.execute-api.us-east-1.amazonaws.com/live", "ws://127.0.0.1:4566/_aws/execute-api/abc123/live"},
		{"URLs inside text", `{"a":"https://abc.execute-api.us-east-1.amazonaws.com","b":"wss://def.execute-api.us-east-1.amazonaws.com"}`, `{"a":"http://127.0.0.1:4566/_aws/execute-api/abc","b":"ws://127.0.0.1:4566/_aws/execute-api/def"}`},
		{"ARNs stay", "arn:aws:execute-api:us-east-1:000000000000:abc123/live", "arn:aws:execute-api:us-east-1:000000000000:abc123/live"},
		{"host names stay", "abc123.execute-api.us-east-1.amazonaws.com", "abc123.execute-api.us-east-1.amazonaws.com"},
		{"other regions stay", "https://abc123.execute-api.eu-west-1.amazonaws.com", "https://abc123.execute-api.eu-west-1.amazonaws.com"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := rewrite(tt.text); got != tt.want {
				t.Fatalf("got %s, want %s", got, tt.want)
			}
		})
	}
}
