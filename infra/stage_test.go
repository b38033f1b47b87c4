package main

import "testing"

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
