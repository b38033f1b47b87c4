package secretsmanager

import (
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"
)

func TestPasswordsHaveTheCharactersAskedFor(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		generate      Generate
		length        int
		with, without string // every one of these sets must, none may, occur; sets are separated by a line break
	}{
		{"by default 32 of every type but the space", Generate{}, 32, lowercase + "\n" + uppercase + "\n" + digits + "\n" + punctuation, " "},
		{"letters and digits", Generate{ExcludePunctuation: true, PasswordLength: pointer(64)}, 64, lowercase + "\n" + uppercase + "\n" + digits, punctuation},
		{"with a space", Generate{IncludeSpace: true, PasswordLength: pointer(5)}, 5, " \n" + digits, ""},
		{"only digits", Generate{ExcludePunctuation: true, ExcludeLowercase: true, ExcludeUppercase: true, PasswordLength: pointer(1)}, 1, digits, lowercase + uppercase},
		{"without some characters", Generate{ExcludeCharacters: "abc\"@/\\0123456789", PasswordLength: pointer(500)}, 500, lowercase + "\n" + uppercase, "abc\"@/\\0123456789"},
		{"not of each type", Generate{RequireEachIncluded: pointer(false), PasswordLength: pointer(2)}, 2, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.generate.Password(rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != tt.length {
				t.Errorf("length = %d, want %d", len(got), tt.length)
			}
			for set := range strings.SplitSeq(tt.with, "\n") {
				if set != "" && !strings.ContainsAny(got, set) {
					t.Errorf("password has none of %q", set)
				}
			}
			if strings.ContainsAny(got, tt.without) {
				t.Errorf("password has one of %q", tt.without)
			}
		})
	}
}

func TestWhatCannotBeGeneratedIsRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		generate Generate
		want     string
	}{
		{"too short for each type", Generate{PasswordLength: pointer(3)}, "secretsmanager: generate: cannot generate: PasswordLength is 3"},
		{"too long", Generate{PasswordLength: pointer(4097)}, "secretsmanager: generate: cannot generate: PasswordLength is 4097"},
		{
			"of nothing",
			Generate{ExcludePunctuation: true, ExcludeLowercase: true, ExcludeUppercase: true, ExcludeNumbers: true},
			"secretsmanager: generate: cannot generate: every character is excluded",
		},
		{"a key without a template", Generate{GenerateStringKey: "k"}, "secretsmanager: generate: cannot generate: SecretStringTemplate and GenerateStringKey belong together"},
		{"a template that is no object", Generate{GenerateStringKey: "k", SecretStringTemplate: "[]"}, "secretsmanager: generate: cannot generate: SecretStringTemplate is not a JSON object"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := tt.generate.Value(rand.Reader); err == nil || err.Error() != tt.want {
				t.Errorf("error = %v, want %s", err, tt.want)
			}
		})
	}
}

func TestAPasswordGoesIntoTheTemplate(t *testing.T) {
	t.Parallel()
	value, err := Generate{SecretStringTemplate: `{"user":"a<b"}`, GenerateStringKey: "key"}.Value(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal([]byte(value), &got); err != nil {
		t.Fatal(err)
	}
	if got["user"] != "a<b" || len(got["key"]) != 32 || len(got) != 2 {
		t.Errorf("value has keys %d, user %q, key of length %d", len(got), got["user"], len(got["key"]))
	}
}
