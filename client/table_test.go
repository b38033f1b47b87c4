package client

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func TestParseRow(t *testing.T) {
	t.Parallel()
	s := func(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }
	n := func(v string) types.AttributeValue { return &types.AttributeValueMemberN{Value: v} }
	tests := []struct {
		name string
		item map[string]types.AttributeValue
		want row
		text string
	}{
		{"reads a row of ours", map[string]types.AttributeValue{"token": s("sha256:a"), "sealed_token": s("v1.x"), "expires_at": n("7")}, row{"sha256:a", "v1.x", 7}, ""},
		{"reads a row of another backend", map[string]types.AttributeValue{"token": s("$2b$x"), "note": n("1")}, row{token: "$2b$x"}, ""},
		{"reads a row without a token", map[string]types.AttributeValue{"expires_at": n("7")}, row{expiresAt: 7}, ""},
		{
			"refuses a token of another type",
			map[string]types.AttributeValue{"token": n("1")},
			row{},
			"malformed row in the Tokens table: token is a *types.AttributeValueMemberN, not a string",
		},
		{
			"refuses a sealed copy of another type",
			map[string]types.AttributeValue{"sealed_token": n("1")},
			row{},
			"malformed row in the Tokens table: sealed_token is a *types.AttributeValueMemberN, not a string",
		},
		{
			"refuses an end of another type",
			map[string]types.AttributeValue{"expires_at": s("7")},
			row{},
			"malformed row in the Tokens table: expires_at is a *types.AttributeValueMemberS, not a number",
		},
		{
			"refuses an end that is not whole",
			map[string]types.AttributeValue{"expires_at": n("7.5")},
			row{},
			`malformed row in the Tokens table: expires_at is "7.5", not a positive number of seconds`,
		},
		{
			"refuses an end before the epoch",
			map[string]types.AttributeValue{"expires_at": n("-7")},
			row{},
			`malformed row in the Tokens table: expires_at is "-7", not a positive number of seconds`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := parseRow(tt.item)
			if tt.text != "" {
				expectError(t, err, ErrMalformedRow, tt.text)
				return
			}
			if err != nil || *got != tt.want {
				t.Errorf("gave %+v, %v", got, err)
			}
		})
	}
}

func FuzzParseRow(f *testing.F) {
	f.Add("sha256:a", "v1.x", "1772366400")
	f.Add("$2b$10$x", "", "-1")
	f.Add("", "", "1e3")
	f.Fuzz(func(t *testing.T, token, sealed, end string) {
		r, err := parseRow(map[string]types.AttributeValue{
			"token":        &types.AttributeValueMemberS{Value: token},
			"sealed_token": &types.AttributeValueMemberS{Value: sealed},
			"expires_at":   &types.AttributeValueMemberN{Value: end},
		})
		if err == nil && (r.expiresAt <= 0 || r.token != token) {
			t.Errorf("%q, %q, %q gave %+v", token, sealed, end, r)
		}
		if err != nil && !errors.Is(err, ErrMalformedRow) {
			t.Errorf("%v is not ErrMalformedRow", err)
		}
	})
}

// The row as an authorizer reads it, straight from the table.
func TestItemInTheTable(t *testing.T) {
	t.Parallel()
	table := peerTable(t)
	s := newSetup(table)
	s.issue(t, "ada", time.Hour)
	out, err := table.client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table.name, Key: rowKey("ada", "orders")})
	if err != nil {
		t.Fatal(err)
	}
	token := out.Item["token"].(*types.AttributeValueMemberS).Value
	end := out.Item["expires_at"].(*types.AttributeValueMemberN).Value
	if len(token) != len("sha256:")+64 || token[:7] != "sha256:" || end != "1772370000" || len(out.Item) != 5 {
		t.Errorf("the item is %v", out.Item)
	}
}

func TestTableThatDoesNotExist(t *testing.T) {
	t.Parallel()
	gone := table{client: peerTable(t).client, name: "no-such-table"}
	var missing *types.ResourceNotFoundException
	if _, err := gone.get(t.Context(), "ada", "orders"); !errors.As(err, &missing) {
		t.Errorf("get gave %v", err)
	}
	if err := gone.put(t.Context(), "ada", "orders", nil, row{token: "sha256:a", expiresAt: 1}); !errors.As(err, &missing) {
		t.Errorf("put gave %v", err)
	}
	s := newSetup(gone)
	if err := s.issuer.Revoke(t.Context(), "ada", "orders"); !errors.As(err, &missing) {
		t.Errorf("Revoke gave %v", err)
	}
}
