package provision

import (
	"regexp"
	"strings"

	"github.com/hermes-cdk/hermes/infra/local/internal/assembly"
)

// RewriteExecuteAPI returns a function that turns URLs of API Gateway in a region into those of the gateways at publicURL
// (http://127.0.0.1:4566), also inside longer strings: https://{id}.execute-api.us-east-1.amazonaws.com/live becomes
// http://127.0.0.1:4566/_aws/execute-api/{id}/live, wss becomes ws.
func RewriteExecuteAPI(publicURL, region string) func(string) string {
	executeAPI := regexp.MustCompile(
		`(https|wss)://([a-z0-9]+)\.execute-api\.` + regexp.QuoteMeta(region) + `\.` + regexp.QuoteMeta(assembly.URLSuffix))
	_, host, found := strings.Cut(strings.TrimSuffix(publicURL, "/"), "://")
	if !found {
		host = publicURL
	}
	return func(text string) string {
		if !strings.Contains(text, ".execute-api.") {
			return text
		}
		return executeAPI.ReplaceAllStringFunc(text, func(url string) string {
			m := executeAPI.FindStringSubmatch(url)
			scheme := map[string]string{"https": "http", "wss": "ws"}[m[1]]
			return scheme + "://" + host + "/_aws/execute-api/" + m[2]
		})
	}
}
