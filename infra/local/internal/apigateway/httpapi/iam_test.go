package httpapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

func TestIAMAuthorization(t *testing.T) {
	t.Parallel()
	onIAM := func(authorize edge.Authorize) func(*setup) {
		return func(in *setup) {
			in.config.Routes = []Route{{Key: "POST /pets/{id}", Function: "f", Authorization: AuthorizationIAM}}
			in.services.Authorize = authorize
		}
	}
	t.Run("the caller reaches the function", func(t *testing.T) {
		t.Parallel()
		r := start(t, onIAM(func(q *http.Request, body []byte, action, resource string) (edge.Caller, error) {
			if string(body) != "{}" || action != "execute-api:Invoke" || q.URL.Path != prefix+"/pets/1" ||
				resource != "arn:aws:execute-api:us-east-1:123456789012:abcdef123/$default/POST/pets/1" {
				t.Errorf("asked %s %s %s %s", q.URL.Path, body, action, resource)
			}
			return edge.Caller{ARN: "arn:aws:sts::1:assumed-role/r/f", AccountID: "1", AccessKey: "ASIA", CallerID: "AROA:f", UserID: "AROA:f"}, nil
		}))
		if response, _ := r.send("POST", "/pets/1", "{}"); response.StatusCode != 200 {
			t.Errorf("%d", response.StatusCode)
		}
		want := `"authorizer":{"iam":{"accessKey":"ASIA","accountId":"1","callerId":"AROA:f","cognitoIdentity":null,` +
			`"principalOrgId":null,"userArn":"arn:aws:sts::1:assumed-role/r/f","userId":"AROA:f"}}`
		if event := string(r.invoker.Events("f")[0]); !strings.Contains(event, want) {
			t.Errorf("event %s", event)
		}
	})
	t.Run("a refusal is Forbidden", func(t *testing.T) {
		t.Parallel()
		r := start(t, onIAM(nil))
		if response, body := r.send("POST", "/pets/1", "{}"); response.StatusCode != 403 || body != `{"message":"Forbidden"}` {
			t.Errorf("%d %s", response.StatusCode, body)
		}
	})
}
