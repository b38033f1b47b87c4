package assembly

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// stacks makes an assembly of a stack each of "name account/region needs,needs".
func stacks(t *testing.T, all ...string) string {
	t.Helper()
	var artifacts []string
	for _, text := range all {
		parts := append(strings.Fields(text), "")
		needs := strings.Join(strings.Split(parts[2], ","), `","`)
		artifacts = append(artifacts, fmt.Sprintf(
			`"Id%s":{"type":"aws:cloudformation:stack","environment":"aws://%s","dependencies":["%s"],"properties":{"templateFile":"t.json","stackName":"%s"}}`,
			parts[0], parts[1], needs, parts[0]))
	}
	return writeFiles(t, map[string]string{
		"manifest.json": `{"artifacts":{` + strings.Join(artifacts, ",") + `}}`,
		"t.json":        `{"Outputs":{"Where":{"Value":{"Fn::Sub":"${AWS::AccountId} ${AWS::Region}"}},"Stack":{"Value":{"Ref":"AWS::StackId"}}}}`,
	})
}

const open = "unknown-account/unknown-region"

func TestStacksAreDeployedToOneEnvironment(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		stacks []string
		chosen []string
		want   string // the pseudo parameters, or the error
	}{
		{"one that is open", []string{"A " + open}, nil, "000000000000 us-east-1"},
		{"one with an account and a region", []string{"A 123456789012/eu-west-1"}, nil, "123456789012 eu-west-1"},
		{"one with an account alone", []string{"A 123456789012/unknown-region"}, nil, "123456789012 us-east-1"},
		{"an open one beside one that is not", []string{"A " + open, "B 123456789012/eu-west-1"}, nil, "123456789012 eu-west-1"},
		{
			"two accounts",
			[]string{"A 123456789012/eu-west-1", "B 210987654321/eu-west-1"},
			nil,
			"assembly: stack B: its account is 210987654321, that of stack A is 123456789012; choose stacks of one account and region with -stack",
		},
		{
			"two regions",
			[]string{"A 123456789012/eu-west-1", "B 123456789012/us-east-1"},
			nil,
			"assembly: stack B: its region is us-east-1, that of stack A is eu-west-1; choose stacks of one account and region with -stack",
		},
		{"one of two", []string{"A 123456789012/eu-west-1", "B 210987654321/us-west-2"}, []string{"B"}, "210987654321 us-west-2"},
		{"another partition", []string{"A 123456789012/cn-north-1"}, nil, "assembly: region cn-north-1, which is of another partition than aws, is not supported"},
		{"no environment", []string{"A here"}, nil, `assembly: stack A: "aws://here" is not an environment, aws://account/region`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, err := LoadStacks(stacks(t, c.stacks...), c.chosen)
			if err != nil {
				if err.Error() != c.want {
					t.Errorf("got %v, want %s", err, c.want)
				}
				return
			}
			outputs, err := NewResolver(a, Options{}).Outputs()
			last := outputs[a.Stacks[len(a.Stacks)-1].Name]
			account, region, _ := strings.Cut(c.want, " ")
			if err != nil || last["Where"] != c.want || !strings.HasPrefix(last["Stack"], "arn:aws:cloudformation:"+region+":"+account+":stack/") {
				t.Errorf("got %v, %v, want %s", last, err, c.want)
			}
		})
	}
}

func TestChosenStacksComeWithWhatTheyDependOn(t *testing.T) {
	t.Parallel()
	dir := stacks(t, "Api "+open+" IdData,IdAssets", "Data "+open, "Site "+open+" IdApi", "Other "+open)
	for _, c := range []struct {
		chosen []string
		want   string
	}{
		{nil, "Data Api Other Site"},
		{[]string{"Data"}, "Data"},
		{[]string{"IdApi"}, "Data Api"},
		{[]string{"Site"}, "Data Api Site"},
		{[]string{"Other", "Data"}, "Data Other"},
	} {
		a, err := LoadStacks(dir, c.chosen)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, s := range a.Stacks {
			names = append(names, s.Name)
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%q: got %s, want %s", c.chosen, got, c.want)
		}
	}
	if _, err := LoadStacks(dir, []string{"Dat"}); err == nil || err.Error() != "assembly: "+dir+": there is no stack Dat, but Api, Data, Other, Site" {
		t.Errorf("got %v", err)
	}
	if a, err := LoadStacks(dir, []string{"Data"}, stacks(t, "Next "+open)); err != nil || len(a.Stacks) != 2 || slices.Contains(namesOf(a.found), "Api") {
		t.Errorf("beside another assembly: %v", err)
	}
}
