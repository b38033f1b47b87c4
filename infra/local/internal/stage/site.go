package stage

import (
	"fmt"
	"net/http"
	"os"
	"strings"
)

// A Site is a folder of static files that the endpoint serves, as a bucket behind a CDN would on AWS.
type Site struct {
	Path    string            `json:"path"`    // of the URL, e.g. "/console/"; both slashes are needed
	Dir     string            `json:"dir"`     // the folder
	Headers map[string]string `json:"headers"` // of every response
	Output  string            `json:"output"`  // "Stack.Name" of an output with the URL; "" for none
}

// serveSites returns the handler of the sites, longest path first by the rules of http.ServeMux. Files outside the folders
// are not served, not through links either.
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
		if stackName, name, ok := strings.Cut(site.Output, "."); ok && s.resources.Outputs[stackName] != nil {
			s.resources.Outputs[stackName][name] = s.url + site.Path
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
