package admission

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

func TestCheckFactor(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxBcryptBytes)
	hash, err := bcrypt.GenerateFromPassword([]byte(long), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, factor, stored string
		is                   error
	}{
		{"sha256 matches", "secret", "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", nil},
		{"sha256 in capitals matches", "secret", "sha256:2BB80D537B1DA3E38BD30361AA855686BDE0EACD7162FEF6A25FE97BF527A25B", nil},
		{"sha256 of another value does not match", "Secret", "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", ErrFactor},
		{"the stored text itself does not match", "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", ErrFactor},
		{"a cut digest is no factor", "secret", "sha256:2bb80d", ErrFactorFormat},
		{"an empty digest is no factor", "secret", "sha256:", ErrFactorFormat},
		{"a digest that is not hexadecimal is no factor", "secret", "sha256:" + strings.Repeat("z", 64), ErrFactorFormat},
		{"bcrypt matches", long, string(hash), nil},
		{"bcrypt does not match a longer value with the same beginning", long + "y", string(hash), ErrFactor},
		{"bcrypt does not match another value", "secret", string(hash), ErrFactor},
		{"a cut bcrypt hash is no factor", long, string(hash[:20]), ErrFactorFormat},
		{"a bcrypt cost that would take seconds is refused", long, "$2a$15" + string(hash[6:]), ErrFactorFormat},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if err := checkFactor(c.factor, c.stored); !errors.Is(err, c.is) || (err == nil) != (c.is == nil) {
				t.Errorf("got %v", err)
			}
		})
	}
}
