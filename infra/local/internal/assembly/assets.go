package assembly

import (
	"path/filepath"
	"strings"
)

// A FileAsset is a file or folder that the CDK uploads to its staging bucket.
type FileAsset struct {
	// Path is where it is on this machine.
	Path string
	// Zip means that Path is a folder whose content is uploaded as one archive; else Path is uploaded as it is.
	Zip bool
}

// assetManifest is <stack>.assets.json
// (https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.cloud_assembly_schema.AssetManifest.html).
type assetManifest struct {
	Files map[string]struct {
		Source struct {
			Path      string `json:"path"`
			Packaging string `json:"packaging"`
		} `json:"source"`
		Destinations map[string]struct {
			ObjectKey string `json:"objectKey"`
		} `json:"destinations"`
	} `json:"files"`
}

func (a *Assembly) readAssets(dir, file string) error {
	var m assetManifest
	if err := readJSON(file, &m); err != nil {
		return err
	}
	for _, f := range m.Files {
		if f.Source.Path == "" { // built by a command at deployment: an error once something refers to it
			continue
		}
		path := f.Source.Path
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		for _, d := range f.Destinations {
			a.assets[d.ObjectKey] = FileAsset{Path: path, Zip: strings.EqualFold(f.Source.Packaging, "zip")}
		}
	}
	return nil
}
