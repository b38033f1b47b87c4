package assembly

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// manifest is the part of manifest.json that is read here
// (https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.cloud_assembly_schema.AssemblyManifest.html).
type manifest struct {
	Artifacts map[string]artifact `json:"artifacts"`
}

type artifact struct {
	Type         string   `json:"type"`
	Environment  string   `json:"environment"` // aws://account/region
	Dependencies []string `json:"dependencies"`
	Properties   struct {
		TemplateFile  string            `json:"templateFile"`
		StackName     string            `json:"stackName"`
		Parameters    map[string]string `json:"parameters"`
		File          string            `json:"file"`
		DirectoryName string            `json:"directoryName"`
	} `json:"properties"`
}

// readManifest adds the stacks and assets of dir and of the assemblies nested in it.
func (a *Assembly) readManifest(dir string) error {
	file := filepath.Join(dir, "manifest.json")
	var m manifest
	if err := readJSON(file, &m); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(m.Artifacts)) {
		if err := a.readArtifact(dir, id, m.Artifacts[id]); err != nil {
			return err
		}
	}
	return nil
}

func (a *Assembly) readArtifact(dir, id string, art artifact) error {
	switch art.Type {
	case "aws:cloudformation:stack":
		a.found = append(a.found, newFoundStack(dir, a.prefix, id, art))
		return nil
	case "cdk:asset-manifest":
		return a.readAssets(dir, filepath.Join(dir, art.Properties.File))
	case "cdk:cloud-assembly":
		return a.readManifest(filepath.Join(dir, art.Properties.DirectoryName))
	case "cdk:tree", "cdk:feature-flag-report", "none", "": // descriptions for tools
		return nil
	}
	return wrap(filepath.Join(dir, "manifest.json"), fmt.Errorf("artifact %s has type %s, which is %w", id, art.Type, ErrUnsupported))
}

func (a *Assembly) readStack(found foundStack) error {
	s := &Stack{Name: found.name, artifact: found.id, dependsOn: found.needs, environment: found.environment, truth: map[string]bool{}}
	var t template
	if err := readJSON(found.template, &t); err != nil {
		return err
	}
	if err := s.fill(t, found.parameters); err != nil {
		return wrap("stack "+s.Name, err)
	}
	if slices.ContainsFunc(a.Stacks, func(other *Stack) bool { return other.Name == s.Name }) {
		return wrap("stack "+s.Name, errors.New("there are two stacks of this name"))
	}
	a.Stacks = append(a.Stacks, s)
	return nil
}

// readJSON keeps numbers as they are written.
func readJSON(file string, into any) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("assembly: %w", err)
	}
	defer f.Close()
	decoder := json.NewDecoder(f)
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return wrap(file, err)
	}
	return nil
}
