package stage

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/hermes-cdk/hermes/infra/local/internal/provision"
)

// stageWith is a stage that serves the sites and nothing else.
func stageWith(sites ...Site) *Stage {
	return &Stage{
		url:       "http://127.0.0.1:1",
		options:   Options{Sites: sites},
		resources: &provision.Resources{Outputs: map[string]map[string]string{"App": {}}},
	}
}

func TestSites(t *testing.T) {
	t.Parallel()
	dir, secret := t.TempDir(), filepath.Join(t.TempDir(), "secret")
	for path, text := range map[string]string{filepath.Join(dir, "index.html"): "<p>hello</p>", secret: "secret"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(secret, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	s := stageWith(Site{
		Path: "/console/", Dir: dir, Output: "App.ConsoleUrl",
		Headers: map[string]string{"Content-Security-Policy": "default-src 'self'"},
	})
	handler, err := s.serveSites()
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) *http.Response {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
		return recorder.Result()
	}
	t.Run("a page is served with the headers of its site", func(t *testing.T) {
		r := get("/console/")
		if r.StatusCode != http.StatusOK || r.Header.Get("Content-Security-Policy") != "default-src 'self'" ||
			r.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%d %v", r.StatusCode, r.Header)
		}
	})
	t.Run("a file outside the folder is out of reach, also through a link", func(t *testing.T) {
		for _, path := range []string{"/console/link", "/console/%2e%2e/secret"} {
			if r := get(path); r.StatusCode == http.StatusOK {
				t.Errorf("%s answers %d", path, r.StatusCode)
			}
		}
	})
	t.Run("its URL is an output", func(t *testing.T) {
		if got := s.resources.Outputs["App"]["ConsoleUrl"]; got != "http://127.0.0.1:1/console/" {
			t.Errorf("ConsoleUrl is %q", got)
		}
	})
}

func TestSitesThatCannotBeServed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		site Site
		want string
	}{
		"a path without slashes":       {Site{Path: "console", Dir: "."}, `site path must begin and end with a slash and have a name between, got "console"`},
		"the root":                     {Site{Path: "/", Dir: "."}, `site path must begin and end with a slash and have a name between, got "/"`},
		"a folder that does not exist": {Site{Path: "/x/", Dir: "no such folder"}, "site /x/: open no such folder: no such file or directory"},
	} {
		t.Run(name+" stops the start", func(t *testing.T) {
			t.Parallel()
			if _, err := stageWith(c.site).serveSites(); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
