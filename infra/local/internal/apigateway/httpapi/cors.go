package httpapi

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// cors writes CORS headers. A nil cors leaves them to the functions.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
type cors struct {
	config *CORS
}

func newCORS(config *CORS) *cors {
	if config == nil {
		return nil
	}
	return &cors{config: config}
}

// isPreflight reports whether r is a preflight request that the gateway answers itself. Where a route takes OPTIONS - its
// own, ANY, or $default - the request goes there, with its authorization, and the gateway adds the headers only.
func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

// strip removes a function's own CORS headers: the configuration decides.
func (c *cors) strip(header http.Header) {
	if c == nil {
		return
	}
	for name := range header {
		if strings.HasPrefix(name, "Access-Control-") {
			header.Del(name)
		}
	}
}

// apply adds the CORS headers to the response to r.
func (c *cors) apply(header http.Header, r *http.Request) {
	if c == nil {
		return
	}
	allowed := c.allowedOrigin(r.Header.Get("Origin"))
	if allowed == "" {
		return
	}
	header.Set("Access-Control-Allow-Origin", allowed)
	setList(header, "Access-Control-Expose-Headers", c.config.ExposeHeaders)
	if c.config.AllowCredentials {
		header.Set("Access-Control-Allow-Credentials", "true")
	}
	if !isPreflight(r) {
		return
	}
	setList(header, "Access-Control-Allow-Methods", c.config.AllowMethods)
	setList(header, "Access-Control-Allow-Headers", c.config.AllowHeaders)
	if c.config.MaxAge > 0 {
		header.Set("Access-Control-Max-Age", strconv.Itoa(int(c.config.MaxAge/time.Second)))
	}
}

// allowedOrigin is the value of Access-Control-Allow-Origin, or "".
func (c *cors) allowedOrigin(origin string) string {
	if origin == "" {
		return ""
	}
	for _, allowed := range c.config.AllowOrigins {
		if allowed == "*" {
			return "*"
		}
		if scheme, any := strings.CutSuffix(allowed, "*"); any && strings.HasPrefix(strings.ToLower(origin), scheme) ||
			strings.EqualFold(allowed, origin) {
			return origin
		}
	}
	return ""
}

func setList(header http.Header, name string, values []string) {
	if len(values) > 0 {
		header.Set(name, strings.Join(values, ","))
	}
}
