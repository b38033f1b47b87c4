package snapshot

import (
	"encoding/json"
	"testing"
)

func TestStatementsAreFoundWhereverTheyStand(t *testing.T) {
	t.Parallel()
	template := map[string]any{}
	if err := json.Unmarshal([]byte(`{"Resources":{
		"L":{"Type":"AWS::Logs::LogGroup"},
		"Policy":{"Properties":{"PolicyDocument":{"Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":{"Fn::GetAtt":["Q","Arn"]}}]}}},
		"Role":{"Properties":{"Policies":[{"PolicyDocument":{"Statement":[{"Effect":"Allow","Action":["logs:PutLogEvents"],
			"Resource":{"Fn::GetAtt":["L","Arn"]}},{"Effect":"Deny","Action":"sqs:*","Resource":"*"}]}}]}}
	}}`), &template); err != nil {
		t.Fatal(err)
	}
	if got, want := LeastPrivilege(t, template), (Statements{Allow: 2, Wildcards: 1}); got != want {
		t.Errorf("counted %+v, want %+v", got, want)
	}
}
