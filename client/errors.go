package client

import (
	"errors"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// Errors of the package. Test with errors.Is; the text around them holds the offending value.
var (
	// ErrConfig: a constructor was given something unusable.
	ErrConfig = errors.New("invalid configuration")
	// ErrKeys: the signing secret, or the Keys given, cannot sign a token. Its text never holds a key.
	ErrKeys = errors.New("unusable signing keys")

	// ErrExpiryRequired: an IssueRequest has neither TTL nor ExpiresAt, or has both.
	ErrExpiryRequired = errors.New("an expiry is required: set TTL or ExpiresAt, one of them")
	// ErrExpiryPast: the expiry is not at least a whole second ahead.
	ErrExpiryPast = errors.New("the expiry is in the past")
	// ErrExpiryTooLong: the expiry is further ahead than MaxTokenTTL.
	ErrExpiryTooLong = errors.New("the expiry is too far ahead")
	// ErrTokenTooLong: the token would not fit contract.MaxTokenBytes; its names are too long.
	ErrTokenTooLong = errors.New("the token is too long")
	// ErrMalformedRow: the Tokens table holds, for this user and room, a row that is not one of a token.
	ErrMalformedRow = errors.New("malformed row in the Tokens table")
	// ErrContention: other issuers kept changing the row; try again.
	ErrContention = errors.New("the row kept changing")

	// ErrMissingField and ErrInvalidField: a name is empty or unusable. FieldError says which, and what it holds.
	ErrMissingField = contract.ErrMissingField
	ErrInvalidField = contract.ErrInvalidField
	// ErrTooLarge: a message does not fit one frame of the hub (contract.MaxFrameBytes) or one SQS message.
	ErrTooLarge = contract.ErrTooLarge

	// errConflict: a conditional write found another row than the one it was based on.
	errConflict = errors.New("the row has changed")
)
