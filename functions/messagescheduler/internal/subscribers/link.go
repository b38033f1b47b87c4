package subscribers

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"

	"github.com/hermes-cdk/hermes/functions/internal/token"
)

// ErrLink is returned for a link whose signature is wrong, or is for another purpose.
var ErrLink = errors.New("the link is not valid")

// Purposes of a link. A link is valid for one purpose only.
const (
	PurposeUnsubscribe = "unsubscribe"
	PurposeConfirm     = "confirm"
)

// Links signs and verifies the links in e-mails. A link carries its own proof and does not expire: an old mail must
// still unsubscribe.
type Links struct {
	Keys token.KeySource
	Base string // of the API, without a slash at its end
}

// Unsubscribe returns the link that unsubscribes a subscriber.
func (l Links) Unsubscribe(ctx context.Context, group, id string) (string, error) {
	return l.link(ctx, PurposeUnsubscribe, group, id)
}

// Confirm returns the link that confirms a subscription.
func (l Links) Confirm(ctx context.Context, group, id string) (string, error) {
	return l.link(ctx, PurposeConfirm, group, id)
}

func (l Links) link(ctx context.Context, purpose, group, id string) (string, error) {
	keys, err := l.Keys.Keys(ctx)
	if err != nil {
		return "", fmt.Errorf("subscribers: link: %w", err)
	}
	query := url.Values{"group": {group}, "subscriber": {id}, "signature": {sign(signers(keys)[0], purpose, group, id)}}
	return l.Base + "/" + purpose + "?" + query.Encode(), nil
}

// Verify returns nil for a valid link, ErrLink for any other, or the failure to read the keys.
func (l Links) Verify(ctx context.Context, purpose, group, id, signature string) error {
	for _, read := range []func(context.Context) (token.Keys, error){l.Keys.Keys, l.Keys.Refresh} {
		keys, err := read(ctx)
		if err != nil {
			return fmt.Errorf("subscribers: verify link: %w", err)
		}
		for _, key := range signers(keys) {
			if hmac.Equal([]byte(signature), []byte(sign(key, purpose, group, id))) {
				return nil
			}
		}
	}
	return ErrLink
}

// signers returns the keys that may have signed a link, the key of new links first.
func signers(keys token.Keys) [][]byte {
	var all [][]byte
	for _, key := range [][]byte{keys.Link, keys.Signing, keys.Previous} {
		if key != nil {
			all = append(all, key)
		}
	}
	return all
}

// sign first derives a key for links, so that no signed text can ever be a token.
func sign(key []byte, purpose, group, id string) string {
	derive := hmac.New(sha256.New, key)
	derive.Write([]byte("hermes links"))
	mac := hmac.New(sha256.New, derive.Sum(nil))
	fmt.Fprintf(mac, "%s\x00%s\x00%s", purpose, group, id)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
