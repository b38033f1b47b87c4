package sns

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"sync"
	"time"
)

// A store keeps the subscriptions, in memory and in a file that is replaced at each change. Records are copied in and
// out; an Attributes map is never changed once stored.
type store struct {
	file string

	mu      sync.Mutex
	records []record // in the order in which they were made
}

func openStore(file string) (*store, error) {
	s := &store{file: file}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("subscriptions: %w", err)
	}
	if err := json.Unmarshal(text, &s.records); err != nil {
		return nil, fmt.Errorf("subscriptions: %s: %w", file, err)
	}
	for i := range s.records {
		s.records[i].dormant = s.records[i].Template
	}
	return s, nil
}

// save writes the file; s.mu is held.
func (s *store) save() error {
	text, err := json.MarshalIndent(s.records, "", "  ")
	if err != nil {
		return fmt.Errorf("subscriptions: %w", err)
	}
	if err := replaceFile(s.file, text); err != nil {
		return fmt.Errorf("subscriptions: %w", err)
	}
	return nil
}

// replaceFile writes a file atomically.
func replaceFile(file string, text []byte) error {
	next := file + ".next"
	if err := os.WriteFile(next, text, 0o600); err != nil {
		return err
	}
	return os.Rename(next, file)
}

// admit stores a template's subscription. An earlier one of the same ARN keeps its confirmation and its token. ask reports
// whether the endpoint needs a confirmation.
func (s *store) admit(r record) (stored record, ask bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.index(r.ARN); i >= 0 {
		old := s.records[i]
		r.Confirmed, r.Removed, r.Authenticated = old.Confirmed, old.Removed, old.Authenticated
		r.Token, r.TokenEnds = old.Token, old.TokenEnds
		s.records[i] = r
	} else {
		s.records = append(s.records, r)
	}
	return r, !r.Confirmed && !r.Removed, s.save()
}

// add stores a subscription of the API.
func (s *store) add(r record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = append(s.records, r)
	return s.save()
}

// change applies change to the record with this ARN and returns the result, the zero record if there is none.
func (s *store) change(arn string, change func(*record)) (record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.index(arn)
	if i < 0 {
		return record{}, nil
	}
	s.records[i].Attributes = maps.Clone(s.records[i].Attributes)
	change(&s.records[i])
	return s.records[i], s.save()
}

// get returns the active record with this ARN.
func (s *store) get(arn string) (record, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.index(arn); i >= 0 && s.records[i].active() {
		return s.records[i], true
	}
	return record{}, false
}

// pending returns the active records that are not confirmed.
func (s *store) pending() []record {
	return slices.DeleteFunc(s.ofTopic(""), func(r record) bool { return r.Confirmed })
}

// ofTopic returns the active records of a topic, or of all topics for "".
func (s *store) ofTopic(topicARN string) []record {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []record
	for _, r := range s.records {
		if r.active() && (topicARN == "" || r.TopicARN == topicARN) {
			out = append(out, r)
		}
	}
	return out
}

// find returns the active record of a topic with this protocol and endpoint.
func (s *store) find(topicARN, protocol, endpoint string) (record, bool) {
	for _, r := range s.ofTopic(topicARN) {
		if r.Protocol == protocol && r.Endpoint == endpoint {
			return r, true
		}
	}
	return record{}, false
}

// withToken returns the record that token confirms at now, even one that was removed.
func (s *store) withToken(topicARN, token string, now time.Time) (record, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.records {
		if !r.dormant && r.TopicARN == topicARN && r.Token == token && token != "" && now.Before(r.TokenEnds) {
			return r, true
		}
	}
	return record{}, false
}

// remove deletes records.
func (s *store) remove(which func(record) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = slices.DeleteFunc(s.records, which)
	return s.save()
}

// index finds a record by ARN; s.mu is held.
func (s *store) index(arn string) int {
	return slices.IndexFunc(s.records, func(r record) bool { return r.ARN == arn })
}
