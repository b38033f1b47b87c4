package secretsmanager

import (
	"bytes"
	"slices"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
	"github.com/hermes-cdk/hermes/infra/local/internal/uuid"
)

// maxValue is the largest value in bytes
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html).
const maxValue = 65536

func (s *Store) createSecret(in *input) (any, *wire.Error) {
	if in.Name == "" {
		return nil, invalid("You must provide a name for the secret.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.secrets[in.Name] != nil {
		return nil, &wire.Error{Code: "ResourceExistsException", Message: "The operation failed because the secret " + in.Name + " already exists."}
	}
	if e := checkSize(in); e != nil {
		return nil, e
	}
	sec, err := s.create(Spec{Name: in.Name, Description: in.Description})
	if err != nil {
		return nil, internal()
	}
	out := map[string]any{"ARN": sec.ARN, "Name": sec.Name}
	if in.SecretString != nil || in.SecretBinary != nil {
		v, e := s.putVersion(sec, in, []string{Current})
		if e != nil {
			return nil, e
		}
		out["VersionId"] = v.ID
	}
	if s.save() != nil {
		return nil, internal()
	}
	return out, nil
}

func (s *Store) putValue(in *input) (any, *wire.Error) {
	stages := in.VersionStages
	if len(stages) == 0 {
		stages = []string{Current}
	}
	return s.write(in, stages, true)
}

func (s *Store) update(in *input) (any, *wire.Error) {
	return s.write(in, []string{Current}, false)
}

// write adds a version. If needed, there must be a value; else, without one, only the description changes.
func (s *Store) write(in *input, stages []string, needed bool) (any, *wire.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sec := s.find(in.SecretId)
	if sec == nil {
		return nil, notFound()
	}
	hasValue := in.SecretString != nil || in.SecretBinary != nil
	if needed && !hasValue {
		return nil, invalid("You must provide either SecretString or SecretBinary.")
	}
	if e := checkSize(in); e != nil {
		return nil, e
	}
	out := map[string]any{"ARN": sec.ARN, "Name": sec.Name}
	if hasValue {
		v, e := s.putVersion(sec, in, stages)
		if e != nil {
			return nil, e
		}
		out["VersionId"], out["VersionStages"] = v.ID, slices.Clone(v.Stages)
	}
	if in.Description != "" {
		sec.Description = in.Description
	}
	if s.save() != nil {
		return nil, internal()
	}
	return out, nil
}

func checkSize(in *input) *wire.Error {
	if in.SecretString != nil && in.SecretBinary != nil {
		return invalid("You can't specify both SecretString and SecretBinary.")
	}
	if in.SecretString != nil && len(*in.SecretString) > maxValue || len(in.SecretBinary) > maxValue {
		return invalid("The value exceeds the limit of 65536 bytes.")
	}
	return nil
}

// putVersion adds a version; the same request token with the same value again changes nothing, as SDKs retry.
func (s *Store) putVersion(sec *secret, in *input, stages []string) (*version, *wire.Error) {
	if old := sec.version(in.ClientRequestToken); old != nil {
		if !sameValue(old, in) {
			return nil, &wire.Error{
				Code:    "ResourceExistsException",
				Message: "You can't use ClientRequestToken " + in.ClientRequestToken + " because that value is already in use for a version of secret " + sec.ARN + ".",
			}
		}
		return old, nil
	}
	id := in.ClientRequestToken
	if id == "" {
		id = uuid.New()
	}
	v := &version{ID: id, Value: in.SecretString, Binary: in.SecretBinary, Created: s.now().UTC()}
	sec.put(v, stages)
	return v, nil
}

func sameValue(v *version, in *input) bool {
	if v.Value != nil && in.SecretString != nil {
		return *v.Value == *in.SecretString
	}
	return v.Value == nil && in.SecretString == nil && bytes.Equal(v.Binary, in.SecretBinary)
}

func (s *Store) updateStage(in *input) (any, *wire.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sec := s.find(in.SecretId)
	if sec == nil {
		return nil, notFound()
	}
	holder := sec.staged(in.VersionStage)
	if holder != nil && in.MoveToVersionId != holder.ID && in.RemoveFromVersionId != holder.ID {
		return nil, invalid("The parameter RemoveFromVersionId can't be empty. Staging label " + in.VersionStage +
			" is currently attached to version " + holder.ID + ", so you must explicitly reference that version in RemoveFromVersionId.")
	}
	switch to := sec.version(in.MoveToVersionId); {
	case to != nil:
		sec.move(in.VersionStage, to)
	case in.MoveToVersionId != "":
		return nil, notFound()
	case in.VersionStage == Current:
		return nil, invalid("You can't remove the staging label AWSCURRENT.")
	case holder != nil:
		holder.Stages = slices.DeleteFunc(holder.Stages, func(stage string) bool { return stage == in.VersionStage })
	}
	if s.save() != nil {
		return nil, internal()
	}
	return map[string]any{"ARN": sec.ARN, "Name": sec.Name}, nil
}

// rotateSecret is refused: AWS rotates with a rotation function, and a secret here has none.
func (s *Store) rotateSecret(in *input) (any, *wire.Error) {
	if _, ok := s.ARN(in.SecretId); !ok {
		return nil, notFound()
	}
	return nil, &wire.Error{
		Code:    "InvalidRequestException",
		Message: "No Lambda rotation function ARN is associated with this secret.",
	}
}
