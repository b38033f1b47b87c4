package secretsmanager

import (
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

func open(t *testing.T, file string) (*Store, *secretsmanager.Client) {
	t.Helper()
	store, err := New(Options{File: file})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(store)
	t.Cleanup(server.Close)
	return store, secretsmanager.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(server.URL), Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

func value(t *testing.T, client *secretsmanager.Client, id, stage string) string {
	t.Helper()
	in := &secretsmanager.GetSecretValueInput{SecretId: &id}
	if stage != "" {
		in.VersionStage = &stage
	}
	out, err := client.GetSecretValue(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return aws.ToString(out.SecretString)
}

func TestASecretOfATemplateIsKept(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a", "secrets.json")
	spec := Spec{Name: "Hub/Signing", Generate: &Generate{SecretStringTemplate: `{"passcode":"p"}`, GenerateStringKey: "signing_key"}}
	store, client := open(t, file)
	arn, err := store.Ensure(spec)
	if err != nil {
		t.Fatal(err)
	}
	if prefix := "arn:aws:secretsmanager:us-east-1:000000000000:secret:Hub/Signing-"; !strings.HasPrefix(arn, prefix) || len(arn) != len(prefix)+6 {
		t.Errorf("ARN = %s, want %s and six characters", arn, prefix)
	}
	first := value(t, client, "Hub/Signing", "")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v, %v, want 0600", info.Mode(), err)
	}

	again, client := open(t, file)
	if same, err := again.Ensure(spec); err != nil || same != arn {
		t.Errorf("ARN after a restart = %s, %v, want %s", same, err, arn)
	}
	for _, id := range []string{"Hub/Signing", arn, arn[:len(arn)-7]} {
		if got := value(t, client, id, ""); got != first {
			t.Errorf("the value by %s is another one after a restart", id)
		}
	}
}

func TestVersionStagesMove(t *testing.T) {
	t.Parallel()
	_, client := open(t, "")
	ctx := t.Context()
	if _, err := client.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: aws.String("s"), SecretString: aws.String("one")}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: aws.String("s"), SecretString: aws.String("two")}); err != nil {
		t.Fatal(err)
	}
	pending, err := client.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: aws.String("s"), SecretString: aws.String("three"), VersionStages: []string{"AWSPENDING"}})
	if err != nil {
		t.Fatal(err)
	}
	for stage, want := range map[string]string{"": "two", "AWSCURRENT": "two", "AWSPREVIOUS": "one", "AWSPENDING": "three"} {
		if got := value(t, client, "s", stage); got != want {
			t.Errorf("value of %q = %q, want %q", stage, got, want)
		}
	}
	described, err := client.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: aws.String("s")})
	if err != nil {
		t.Fatal(err)
	}
	if len(described.VersionIdsToStages) != 3 || *described.Name != "s" {
		t.Errorf("described = %v", described.VersionIdsToStages)
	}
	current, err := client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String("s")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.UpdateSecretVersionStage(ctx, &secretsmanager.UpdateSecretVersionStageInput{
		SecretId: aws.String("s"), VersionStage: aws.String("AWSCURRENT"), MoveToVersionId: pending.VersionId, RemoveFromVersionId: current.VersionId,
	}); err != nil {
		t.Fatal(err)
	}
	if got := value(t, client, "s", "AWSCURRENT") + " " + value(t, client, "s", "AWSPREVIOUS"); got != "three two" {
		t.Errorf("current and previous = %q, want three two", got)
	}
}

func TestARequestRepeatedChangesNothing(t *testing.T) {
	t.Parallel()
	_, client := open(t, "")
	in := &secretsmanager.CreateSecretInput{Name: aws.String("s"), SecretString: aws.String("one")}
	if _, err := client.CreateSecret(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	token := aws.String("0123456789012345678901234567890123")
	for _, text := range []string{"two", "two"} {
		if _, err := client.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: aws.String("s"), SecretString: &text, ClientRequestToken: token}); err != nil {
			t.Fatal(err)
		}
	}
	if got := value(t, client, "s", "AWSPREVIOUS"); got != "one" {
		t.Errorf("previous = %q, want one", got)
	}
	var exists *types.ResourceExistsException
	_, err := client.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: aws.String("s"), SecretString: aws.String("three"), ClientRequestToken: token})
	if !errors.As(err, &exists) {
		t.Errorf("error = %v, want ResourceExistsException", err)
	}
}

func TestWhatIsMissingIsNotFound(t *testing.T) {
	t.Parallel()
	store, client := open(t, "")
	if _, err := store.Ensure(Spec{Name: "s", SecretString: "x"}); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, id, stage, want string }{
		{"a secret", "t", "", "Secrets Manager can't find the specified secret."},
		{"a stage", "s", "AWSPREVIOUS", "Secrets Manager can't find the specified secret value for staging label: AWSPREVIOUS"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := &secretsmanager.GetSecretValueInput{SecretId: &tt.id}
			if tt.stage != "" {
				in.VersionStage = &tt.stage
			}
			_, err := client.GetSecretValue(t.Context(), in)
			var missing *types.ResourceNotFoundException
			if !errors.As(err, &missing) || missing.ErrorMessage() != tt.want {
				t.Errorf("error = %v, want %s", err, tt.want)
			}
		})
	}
}
