package store

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/hermes-cdk/hermes/functions/internal/attr"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
	"github.com/hermes-cdk/hermes/functions/notificationhub/internal/admission"
)

// TokensAPI is what Tokens needs of *dynamodb.Client.
type TokensAPI interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
}

var _ TokensAPI = (*dynamodb.Client)(nil)

// Tokens is the Tokens table. Backends write it; see package client.
type Tokens struct {
	Client TokensAPI
	Table  string
}

var _ admission.FactorStore = Tokens{}

// Factor reads the stored factor of a user in a room, with a consistent read: a token works as soon as it is issued, and no
// longer once it is revoked.
func (t Tokens) Factor(ctx context.Context, userID, roomID string) (admission.Row, bool, error) {
	out, err := t.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      &t.Table,
		Key:            attr.Item{contract.AttributeUserID: attr.String(userID), contract.AttributeRoomID: attr.String(roomID)},
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return admission.Row{}, false, fmt.Errorf("store: get token of user %q in room %q: %w", userID, roomID, err)
	}
	if len(out.Item) == 0 {
		return admission.Row{}, false, nil
	}
	row := attr.Item(out.Item)
	expires, err := row.Number(contract.AttributeTTL)
	if err != nil {
		return admission.Row{}, false, fmt.Errorf("store: token of user %q in room %q: %w", userID, roomID, err)
	}
	found := admission.Row{Factor: row.String(contract.AttributeToken)}
	if expires != 0 {
		found.ExpiresAt = time.Unix(expires, 0)
	}
	return found, true, nil
}
