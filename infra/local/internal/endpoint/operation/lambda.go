package operation

import (
	"net/http"
	"net/url"
	"strings"
)

// lambda identifies the operations on functions
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html).
func (id *Identifier) lambda(op *Operation, r *Request) {
	parts := strings.Split(strings.TrimPrefix(r.HTTP.URL.EscapedPath(), "/"), "/")
	if len(parts) < 2 || parts[1] != "functions" {
		return
	}
	if len(parts) == 2 || parts[2] == "" {
		if r.HTTP.Method == http.MethodGet {
			op.Name = "ListFunctions"
			op.grant("lambda:ListFunctions", "*", nil)
		}
		return
	}
	name, err := url.PathUnescape(parts[2])
	if err != nil {
		return
	}
	name = id.FunctionARN(name, r.HTTP.URL.Query().Get("Qualifier"))
	switch rest := strings.Join(parts[3:], "/"); {
	case rest == "invocations" && r.HTTP.Method == http.MethodPost:
		op.Name = "Invoke"
		op.grant("lambda:InvokeFunction", name, nil)
	case rest == "invoke-async" && r.HTTP.Method == http.MethodPost:
		op.Name = "InvokeAsync"
		op.grant("lambda:InvokeFunction", name, nil)
	case rest == "" && r.HTTP.Method == http.MethodGet:
		op.Name = "GetFunction"
		op.grant("lambda:GetFunction", name, nil)
	case rest == "configuration" && r.HTTP.Method == http.MethodGet:
		op.Name = "GetFunctionConfiguration"
		op.grant("lambda:GetFunctionConfiguration", name, nil)
	}
}

// FunctionARN returns the ARN of a function named in one of the forms that Lambda accepts: name, name:qualifier,
// account:function:name, or an ARN (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
func (id *Identifier) FunctionARN(name, qualifier string) string {
	if _, rest, ok := strings.Cut(name, "function:"); ok && !strings.HasPrefix(name, "arn:") {
		name = rest
	}
	arn := id.arn("lambda", "function:", name)
	if qualifier != "" && strings.Count(arn, ":") == 6 {
		arn += ":" + qualifier
	}
	return arn
}
