package stage

import (
	"fmt"
	"net/http"
	"os"
	"strings"
)

// A Site is a folder of static files that the endpoint serves, as a bucket behind a CDN would on AWS.
type Site struct {
	Path    string            `json:"path"`    // where it stands, e.g. "/console/"; both slashes are needed
	Dir     string            `json:"dir"`     // the folder
	Headers map[string]string `json:"headers"` // of every answer
	Output  string            `json:"output"`  // "Stack.Name" under which the URL stands among the outputs; "" for none
}

// serveSites makes the handler of the sites, longest path first by the rules of http.ServeMux, or nil if there are none.
// Files outside the folders are out of reach, also through links.
func (s *Stage) serveSites() (*http.ServeMux, error) {
	mux := http.NewServeMux()
	for _, site := range s.options.Sites {
		if !strings.HasPrefix(site.Path, "/") || !strings.HasSuffix(site.Path, "/") || site.Path == "/" {
			return nil, fmt.Errorf("site path must begin and end with a slash and have a name between, got %q", site.Path)
		}
		root, err := os.OpenRoot(site.Dir)
		if err != nil {
			return nil, fmt.Errorf("site %s: %w", site.Path, err)
		}
		s.roots = append(s.roots, root)
		mux.Handle("GET "+site.Path, http.StripPrefix(site.Path, withHeaders(site.Headers, http.FileServerFS(root.FS()))))
		if stackName, name, ok := strings.Cut(site.Output, "."); ok && s.world.Outputs[stackName] != nil {
			s.world.Outputs[stackName][name] = s.url + site.Path
		}
	}
	return mux, nil
}

func withHeaders(headers map[string]string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		next.ServeHTTP(w, r)
	})
}
