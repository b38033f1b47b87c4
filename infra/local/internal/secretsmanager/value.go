package secretsmanager

import "fmt"

// Value returns the text of a secret by its name or ARN: of the version with the id, or of the one with the stage, "" being
// AWSCURRENT. Errors wrap ErrNotFound.
func (s *Store) Value(id, stage, versionID string) (string, error) {
	found, failure := s.getValue(&input{SecretId: id, VersionStage: stage, VersionId: versionID})
	if failure != nil {
		return "", fmt.Errorf("secretsmanager: value of %s: %w", id, ErrNotFound)
	}
	answer, _ := found.(map[string]any)
	text, ok := answer["SecretString"].(string)
	if !ok {
		return "", fmt.Errorf("secretsmanager: value of %s: it is not text: %w", id, ErrNotFound)
	}
	return text, nil
}
