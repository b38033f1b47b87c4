package secretsmanager

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/endpoint/wire"
)

// input is the input of all operations.
type input struct {
	SecretId, Name, Description          string //nolint:revive // the API's names
	VersionId, VersionStage              string //nolint:revive // the API's names
	ClientRequestToken                   string
	SecretString                         *string
	SecretBinary                         []byte
	VersionStages                        []string
	MoveToVersionId, RemoveFromVersionId string //nolint:revive // the API's names
	PasswordLength                       *int
	ExcludeCharacters                    string
	ExcludeLowercase, ExcludeUppercase   bool
	ExcludeNumbers, ExcludePunctuation   bool
	IncludeSpace                         bool
	RequireEachIncludedType              *bool
	Tags                                 []tag
}

type tag struct{ Key, Value string }

type operation func(s *Store, in *input) (any, *wire.Error)

var operations = map[string]operation{
	"CreateSecret": (*Store).createSecret, "DescribeSecret": (*Store).describe, "GetRandomPassword": (*Store).randomPassword,
	"GetSecretValue": (*Store).getValue, "ListSecrets": (*Store).list, "PutSecretValue": (*Store).putValue,
	"RotateSecret": (*Store).rotateSecret, "UpdateSecret": (*Store).update, "UpdateSecretVersionStage": (*Store).updateStage,
}

// ServeHTTP serves the Secrets Manager API (AWS JSON 1.1). Requests must be authorized already.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	target := r.Header.Get("X-Amz-Target")
	name := target[strings.LastIndexByte(target, '.')+1:]
	op, ok := operations[name]
	if !ok {
		wire.JSON11.WriteError(w, &wire.Error{Code: "UnknownOperationException", Message: "The local stage has no operation " + name + "."})
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		wire.JSON11.WriteError(w, &wire.Error{Code: "SerializationException", Message: "The request could not be read."})
		return
	}
	var in input
	if err := json.Unmarshal(body, &in); err != nil {
		wire.JSON11.WriteError(w, &wire.Error{Code: "SerializationException", Message: "The request is not JSON of the operation's form."})
		return
	}
	answer, failure := op(s, &in)
	if failure != nil {
		wire.JSON11.WriteError(w, failure)
		return
	}
	_ = wire.JSON11.WriteJSON(w, answer)
}

func notFound() *wire.Error {
	return &wire.Error{Code: "ResourceNotFoundException", Message: "Secrets Manager can't find the specified secret."}
}

func invalid(message string) *wire.Error {
	return &wire.Error{Code: "InvalidParameterException", Message: message}
}

// internal hides the text of an error, which could name files.
func internal() *wire.Error {
	return &wire.Error{Code: "InternalServiceError", Message: "An error occurred on the server side.", Status: http.StatusInternalServerError}
}

// seconds is the API's format of times.
func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func (s *Store) getValue(in *input) (any, *wire.Error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	sec := s.find(in.SecretId)
	if sec == nil {
		return nil, notFound()
	}
	stage := in.VersionStage
	if stage == "" && in.VersionId == "" {
		stage = Current
	}
	v := sec.version(in.VersionId)
	if in.VersionId == "" {
		v = sec.staged(stage)
	}
	if v == nil || (stage != "" && sec.staged(stage) != v) {
		e := notFound()
		e.Message = "Secrets Manager can't find the specified secret value for " + wanted(in, stage)
		return nil, e
	}
	out := map[string]any{
		"ARN": sec.ARN, "Name": sec.Name, "VersionId": v.ID, "VersionStages": slices.Clone(v.Stages), "CreatedDate": seconds(v.Created),
	}
	if v.Value != nil {
		out["SecretString"] = *v.Value
	} else {
		out["SecretBinary"] = v.Binary
	}
	return out, nil
}

func wanted(in *input, stage string) string {
	if in.VersionId != "" {
		return "VersionId: " + in.VersionId
	}
	return "staging label: " + stage
}

func (s *Store) describe(in *input) (any, *wire.Error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	sec := s.find(in.SecretId)
	if sec == nil {
		return nil, notFound()
	}
	return sec.describe(), nil
}

func (sec *secret) describe() map[string]any {
	stages := map[string][]string{}
	for _, v := range sec.Versions {
		stages[v.ID] = slices.Clone(v.Stages)
	}
	tags := []tag{}
	for key, value := range sec.Tags {
		tags = append(tags, tag{key, value})
	}
	return map[string]any{
		"ARN": sec.ARN, "Name": sec.Name, "Description": sec.Description, "RotationEnabled": false, "Tags": tags,
		"VersionIdsToStages": stages, "CreatedDate": seconds(sec.Created), "LastChangedDate": seconds(sec.Changed),
	}
}

func (s *Store) list(*input) (any, *wire.Error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := []map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(s.secrets)) {
		entry := s.secrets[name].describe()
		entry["SecretVersionsToStages"] = entry["VersionIdsToStages"]
		delete(entry, "VersionIdsToStages")
		list = append(list, entry)
	}
	return map[string]any{"SecretList": list}, nil
}

func (s *Store) randomPassword(in *input) (any, *wire.Error) {
	password, err := Generate{
		PasswordLength: in.PasswordLength, ExcludeCharacters: in.ExcludeCharacters, ExcludeLowercase: in.ExcludeLowercase,
		ExcludeUppercase: in.ExcludeUppercase, ExcludeNumbers: in.ExcludeNumbers, ExcludePunctuation: in.ExcludePunctuation,
		IncludeSpace: in.IncludeSpace, RequireEachIncluded: in.RequireEachIncludedType,
	}.Password(s.random)
	if err != nil {
		return nil, invalid(err.Error())
	}
	return map[string]any{"RandomPassword": password}, nil
}
