package deployed

import "testing"

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"Hermes-local":{"TokensTableName":"tokens","SecretArn":"secret","Other":1}}`), "")
	f.Add([]byte(`{"Shop":null}`), "Shop")
	f.Add([]byte(`{"Shop":{"SecretArn":7}}`), "")
	f.Add([]byte(`null`), "")
	f.Fuzz(func(t *testing.T, raw []byte, name string) {
		out, err := parse(raw, name, []string{"TokensTableName", "SecretArn"})
		if err == nil && (out.Output("TokensTableName") == "" || out.Output("SecretArn") == "" || name != "" && out.Name != name) {
			t.Errorf("gave %+v", out)
		}
	})
}

func TestTheLocalStageIsKnownByItsUrls(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, stack, output, want string }{
		{"an own stack with a queue of this machine", "Shop", `"Queue":"http://127.0.0.1:4570/000000000000/intake"`, "http://127.0.0.1:4570"},
		{"an own stack with a socket of this machine", "Shop", `"Url":"ws://127.0.0.1:4570/_aws/execute-api/x/live"`, "http://127.0.0.1:4570"},
		{"an own stack on AWS", "Shop", `"Queue":"https://sqs.eu-west-1.amazonaws.com/123456789012/intake"`, ""},
		{"stage local without a URL", "Hermes-local", `"Queue":"http://[::1"`, "http://127.0.0.1:4566"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out, err := parse([]byte(`{"`+tt.stack+`":{"TokensTableName":"t","SecretArn":"s",`+tt.output+`},"Else":{"A":"b"}}`), "", []string{"TokensTableName", "SecretArn"})
			if err != nil || out.local() != tt.want || out.Name != tt.stack {
				t.Errorf("gave %+v, %v, want %s", out, err, tt.want)
			}
		})
	}
}
