package main

import (
	"fmt"
	"testing"
)

// No test here runs in parallel: the jsii kernel answers one caller at a time.
func TestAStageIsFoundByItsName(t *testing.T) {
	for _, name := range []string{"local", "dev", "staging", "prod"} {
		stage, err := stageNamed(name)
		if err != nil || stage.Name != name {
			t.Errorf("stageNamed(%q) = %q, %v", name, stage.Name, err)
		}
	}
}

func TestAnUnknownStageIsRefusedWithTheKnownOnes(t *testing.T) {
	const want = `unknown stage "test", known stages are local, dev, staging, prod`
	if _, err := stageNamed("test"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// withContext is the stage of that name with the values of -c.
func withContext(t *testing.T, name string, values map[string]string) (Stage, error) {
	t.Helper()
	stage, err := stageNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return stage.withContext(func(name string) string { return values[name] })
}

func TestTheContextSetsTheSender(t *testing.T) {
	for name, test := range map[string]struct {
		values map[string]string
		sender string
		want   string // the identity
	}{
		"nothing":                 {nil, "", ""},
		"an address":              {map[string]string{"sender": "Hermes <a@your.org>"}, "Hermes <a@your.org>", "a@your.org"},
		"an address and a domain": {map[string]string{"sender": "a@your.org", "senderIdentity": "your.org"}, "a@your.org", "your.org"},
	} {
		t.Run(name, func(t *testing.T) {
			stage, err := withContext(t, "dev", test.values)
			if err != nil || stage.Sender != test.sender || stage.SenderIdentity != test.want {
				t.Errorf("sender %q, identity %q, %v", stage.Sender, stage.SenderIdentity, err)
			}
		})
	}
}

// What the constructs check stops the synthesis too, with the prop and the value.
func TestAWrongSenderStopsTheSynthesis(t *testing.T) {
	for name, test := range map[string]struct {
		values map[string]string
		want   string
	}{
		"a malformed sender": {map[string]string{"sender": "Hermes"}, `sender must be like "Hermes <no-reply@example.com>", got "Hermes"`},
		"an identity of somebody else": {
			map[string]string{"sender": "a@your.org", "senderIdentity": "other.org"}, `senderIdentity must be "a@your.org" or its domain, got "other.org"`,
		},
		"a recipient that is no identity": {
			map[string]string{"sender": "a@your.org", "sandboxRecipients": "b@your.org,ops"}, `sandboxRecipients[1] must be an address or a domain, got "ops"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			stage, err := withContext(t, "dev", test.values)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if reason := fmt.Sprint(recover()); reason != `message scheduler "Hermes-dev/Scheduler": `+test.want {
					t.Errorf("got %s, want %s", reason, test.want)
				}
			}()
			build(t, stage)
		})
	}
}

func TestAWrongContextIsRefusedWithItsNameAndValue(t *testing.T) {
	for name, test := range map[string]struct {
		stage  string
		values map[string]string
		want   string
	}{
		"an identity alone":    {"dev", map[string]string{"senderIdentity": "your.org"}, `senderIdentity is "your.org", but sender is missing`},
		"recipients of nobody": {"dev", map[string]string{"sandboxRecipients": "your.org"}, `sandboxRecipients is "your.org", but sender is missing`},
		"an e-mail address that is none": {
			"prod", map[string]string{"alarmEmail": "ops"}, `alarmEmail must be an address, got "ops"`,
		},
		"an e-mail address for a stage without alarms": {
			"dev", map[string]string{"alarmEmail": "ops@your.org"}, `alarmEmail is "ops@your.org", but stage dev has no alarms`,
		},
		"an encryption that is neither on nor off": {
			"prod", map[string]string{"encrypted": "maybe"}, `encrypted must be true or false, got "maybe"`,
		},
		"a quota of 0": {
			"prod",
			map[string]string{"connectionsQuota": "0"},
			`connectionsQuota must be a number of requests a second, at least 1, got "0"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := withContext(t, test.stage, test.values); err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
