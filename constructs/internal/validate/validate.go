// Package validate collects what is wrong with the props of a construct, so that one run of an app shows all of it.
package validate

import (
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

// Errors are validation errors, in the order in which they were found.
type Errors []string

// Addf adds an error.
func (e *Errors) Addf(format string, args ...any) { *e = append(*e, fmt.Sprintf(format, args...)) }

// Panic panics with all errors, if there are any, in one line that names the construct.
func (e Errors) Panic(construct string, path *string) {
	if len(e) > 0 {
		panic(fmt.Sprintf("%s %q: %s", construct, *path, strings.Join(e, "; ")))
	}
}

// Duration checks a whole number of seconds between low and high. Zero stands for the default and is valid.
func (e *Errors) Duration(name string, value, low, high time.Duration) {
	switch {
	case value == 0:
	case value%time.Second != 0:
		e.Addf("%s must be whole seconds, got %s", name, value)
	case value < low || value > high:
		e.Addf("%s must be between %s and %s, got %s", name, low, high, value)
	}
}

// Number checks an integer between low and high. Zero stands for the default and is valid.
func (e *Errors) Number(name string, value, low, high int) {
	if value != 0 && (value < low || value > high) {
		e.Addf("%s must be between %d and %d, got %d", name, low, high, value)
	}
}

// Excluded adds an error if name is given, because by, which rules it out, is given too.
func (e *Errors) Excluded(given bool, name, by string) {
	if given {
		e.Addf("%s is given though %s is", name, by)
	}
}

// Origins checks values of the Origin header, e.g. "https://app.example.com". Tokens are valid.
func (e *Errors) Origins(name string, origins []string) {
	for _, origin := range origins {
		if !Unresolved(origin) && !isOrigin(origin) {
			e.Addf("%s must be like %q, got %q", name, "https://app.example.com", origin)
		}
	}
}

func isOrigin(origin string) bool {
	host, found := strings.CutPrefix(origin, "https://")
	if !found {
		host, found = strings.CutPrefix(origin, "http://")
	}
	return found && host != "" && !strings.ContainsAny(host, "/,* ")
}

// Unresolved reports whether a text holds a token, whose value only the deployment knows.
func Unresolved(text string) bool { return *awscdk.Token_IsUnresolved(jsii.String(text)) }
