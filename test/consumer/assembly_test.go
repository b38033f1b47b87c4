package consumer_test

import (
	"debug/elf"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// functionAssets reads the template of a cloud assembly and returns the assets of its Lambda functions, sorted.
func functionAssets(t *testing.T, assembly string) []string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(assembly, "Consumer.template.json"))
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				Architectures []string
				Code          struct{ S3Key string }
			}
		}
	}
	if err := json.Unmarshal(content, &template); err != nil {
		t.Fatal(err)
	}
	var assets []string
	for id, resource := range template.Resources {
		if resource.Type != "AWS::Lambda::Function" {
			continue
		}
		if !slices.Equal(resource.Properties.Architectures, []string{"arm64"}) {
			t.Errorf("%s: got architectures %q, want arm64", id, resource.Properties.Architectures)
		}
		assets = append(assets, "asset."+strings.TrimSuffix(resource.Properties.Code.S3Key, ".zip"))
	}
	slices.Sort(assets)
	return assets
}

// assertBootstrap checks that an asset holds nothing but a binary that Lambda can run.
func assertBootstrap(t *testing.T, asset string) {
	t.Helper()
	entries, err := os.ReadDir(asset)
	if err != nil || len(entries) != 1 || entries[0].Name() != "bootstrap" {
		t.Fatalf("%s: got %v, %v, want nothing but bootstrap", asset, entries, err)
	}
	if info, err := entries[0].Info(); err != nil || info.Mode() != 0o755 {
		t.Errorf("%s: got mode %v, %v, want -rwxr-xr-x", asset, info.Mode(), err)
	}
	binary, err := elf.Open(filepath.Join(asset, "bootstrap"))
	if err != nil {
		t.Fatal(err)
	}
	defer binary.Close()
	if binary.Machine != elf.EM_AARCH64 || binary.Section(".interp") != nil {
		t.Errorf("%s: got %v, linked dynamically: %t, want a static binary for arm64",
			asset, binary.Machine, binary.Section(".interp") != nil)
	}
}
