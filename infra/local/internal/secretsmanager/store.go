package secretsmanager

import (
	"crypto/rand"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/uuid"
)

// Version stages
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html#term_version).
const (
	Current  = "AWSCURRENT"
	Previous = "AWSPREVIOUS"
)

// Options configure a Store.
type Options struct {
	Account string           // Default: 000000000000
	Region  string           // Default: us-east-1
	File    string           // keeps the secrets (mode 0600). Default: in memory
	Now     func() time.Time // Default: time.Now
	Random  io.Reader        // Default: crypto/rand
}

// A Store holds secrets. It is safe for concurrent use.
type Store struct {
	account, region, file string
	now                   func() time.Time
	random                io.Reader

	mu      sync.RWMutex
	secrets map[string]*secret // by name
}

// A secret with its versions; the fields are those of the file.
type secret struct {
	Name        string
	ARN         string
	Description string `json:",omitempty"`
	Created     time.Time
	Changed     time.Time
	Tags        map[string]string `json:",omitempty"`
	Versions    []*version        // oldest first
}

type version struct {
	ID      string
	Value   *string `json:",omitempty"`
	Binary  []byte  `json:",omitempty"`
	Stages  []string
	Created time.Time
}

// New opens a store. It fails if the file cannot be read.
func New(o Options) (*Store, error) {
	s := &Store{account: o.Account, region: o.Region, file: o.File, now: o.Now, random: o.Random, secrets: map[string]*secret{}}
	if s.account == "" {
		s.account = "000000000000"
	}
	if s.region == "" {
		s.region = "us-east-1"
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	return s, s.load()
}

// Spec is a secret as a template describes it.
type Spec struct {
	Name        string // "" is refused
	Description string
	Tags        map[string]string
	// SecretString is the value. Generate, if it is not nil, generates one instead; with neither the secret has no value.
	SecretString string
	Generate     *Generate
}

// Ensure creates a secret unless one of the name exists, whose value then stays, as an update of a stack does not generate it
// again. It returns the ARN, which ends in six random characters.
func (s *Store) Ensure(spec Spec) (arn string, err error) {
	if spec.Name == "" {
		return "", fmt.Errorf("secretsmanager: ensure: %w: the name is missing", ErrGenerate)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.secrets[spec.Name]; old != nil {
		old.Description, old.Tags = spec.Description, spec.Tags
		return old.ARN, s.save()
	}
	sec, err := s.create(spec)
	if err != nil {
		return "", err
	}
	return sec.ARN, s.save()
}

// create adds a secret; the lock is held.
func (s *Store) create(spec Spec) (*secret, error) {
	value := spec.SecretString
	if spec.Generate != nil {
		var err error
		if value, err = spec.Generate.Value(s.random); err != nil {
			return nil, err
		}
	}
	suffix, err := Generate{PasswordLength: pointer(6), ExcludePunctuation: true, RequireEachIncluded: pointer(false)}.Password(s.random)
	if err != nil {
		return nil, err
	}
	now := s.now().UTC()
	sec := &secret{
		Name: spec.Name, ARN: "arn:aws:secretsmanager:" + s.region + ":" + s.account + ":secret:" + spec.Name + "-" + suffix,
		Description: spec.Description, Tags: spec.Tags, Created: now, Changed: now,
	}
	if value != "" {
		sec.put(&version{ID: uuid.New(), Value: &value, Created: now}, []string{Current})
	}
	s.secrets[spec.Name] = sec
	return sec, nil
}

func pointer[T any](v T) *T { return &v }

// ARN returns the ARN of a secret by its name, its ARN, or its ARN without the random suffix.
func (s *Store) ARN(id string) (arn string, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if sec := s.find(id); sec != nil {
		return sec.ARN, true
	}
	return "", false
}

// find looks a secret up; the lock is held.
func (s *Store) find(id string) *secret {
	if sec := s.secrets[id]; sec != nil {
		return sec
	}
	for _, sec := range s.secrets {
		if sec.ARN == id || strings.HasPrefix(id, "arn:") && sec.ARN[:len(sec.ARN)-7] == id {
			return sec
		}
	}
	return nil
}

// put adds a version under stages. If it takes AWSCURRENT over, the version that had it becomes AWSPREVIOUS
// (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html). Versions without a stage go.
func (sec *secret) put(v *version, stages []string) {
	sec.Versions = append(sec.Versions, v)
	for _, stage := range stages {
		sec.move(stage, v)
	}
	sec.Versions = slices.DeleteFunc(sec.Versions, func(old *version) bool { return len(old.Stages) == 0 })
	sec.Changed = v.Created
}

func (sec *secret) move(stage string, to *version) {
	from := sec.staged(stage)
	if from == to {
		return
	}
	if from != nil {
		from.Stages = slices.DeleteFunc(from.Stages, func(s string) bool { return s == stage })
		if stage == Current {
			sec.move(Previous, from)
		}
	}
	if stage == Current { // the new current version cannot be the previous one as well
		to.Stages = slices.DeleteFunc(to.Stages, func(s string) bool { return s == Previous })
	}
	to.Stages = append(to.Stages, stage)
}

func (sec *secret) staged(stage string) *version {
	for _, v := range sec.Versions {
		if slices.Contains(v.Stages, stage) {
			return v
		}
	}
	return nil
}

func (sec *secret) version(id string) *version {
	for _, v := range sec.Versions {
		if v.ID == id {
			return v
		}
	}
	return nil
}
