package bearer

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/hermes-cdk/hermes/functions/internal/token"
	"github.com/hermes-cdk/hermes/functions/messagescheduler/contract"
)

// Reasons for refusing a token beside those of package token. Each comes with token.ErrRefused.
var (
	ErrGroups = errors.New(`groups must be a list of names, or ["*"]`)
	ErrGroup  = errors.New("token is not for this group")
)

// A Verifier verifies tokens.
type Verifier struct {
	Keys token.KeySource
	Now  func() time.Time
}

// Verify returns nil if the value of an Authorization header lets its bearer use a group.
func (v *Verifier) Verify(ctx context.Context, header, group string) error {
	claims, err := token.Verifier{Keys: v.Keys, Now: v.Now}.Verify(ctx, parseHeader(header))
	if err != nil {
		return err
	}
	groups, err := groupsOf(claims)
	if err != nil {
		return err
	}
	if group == "" || !slices.Contains(groups, contract.AllGroups) && !slices.Contains(groups, group) {
		return token.Refuse(ErrGroup)
	}
	return nil
}

// parseHeader returns the token, or "". It accepts the scheme in any case (RFC 9110, section 11.1).
func parseHeader(header string) string {
	scheme, raw, _ := strings.Cut(strings.TrimSpace(header), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(raw)
}

func groupsOf(claims jwt.MapClaims) ([]string, error) {
	list, ok := claims[contract.ClaimGroups].([]any)
	if !ok || len(list) == 0 {
		return nil, token.Refuse(ErrGroups)
	}
	groups := make([]string, len(list))
	for i, one := range list {
		if groups[i], ok = one.(string); !ok || groups[i] == "" {
			return nil, token.Refuse(ErrGroups)
		}
	}
	return groups, nil
}
