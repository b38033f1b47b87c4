// Package env reads a function's configuration from its environment, once, at cold start, and names every variable that
// is missing or wrong in one error.
package env

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strconv"
	"time"
)

// Reasons for refusing a variable. Test with errors.Is.
var (
	ErrMissing = errors.New("is not set")
	ErrInvalid = errors.New("is not valid")
)

// Vars reads variables and collects what is wrong with them.
type Vars struct {
	lookup   func(string) (string, bool)
	problems []error
}

// Read reads the environment of the process.
func Read() *Vars { return From(os.LookupEnv) }

// From reads from lookup, a function like os.LookupEnv.
func From(lookup func(string) (string, bool)) *Vars { return &Vars{lookup: lookup} }

// Required returns the value of a variable that must not be empty.
func (v *Vars) Required(name string) string {
	value := v.Optional(name)
	if value == "" {
		v.invalid(name, ErrMissing)
	}
	return value
}

// Optional returns the value of a variable, or "".
func (v *Vars) Optional(name string) string {
	value, _ := v.lookup(name)
	return value
}

// Seconds returns a required number of seconds, not negative.
func (v *Vars) Seconds(name string) time.Duration {
	value := v.Required(name)
	if value == "" {
		return 0
	}
	n, err := strconv.ParseInt(value, 10, 32)
	if err != nil || n < 0 {
		v.invalid(name, fmt.Errorf("%w: %q is not a number of seconds", ErrInvalid, value))
		return 0
	}
	return time.Duration(n) * time.Second
}

// URL is a required absolute http or https URL.
func (v *Vars) URL(name string) *url.URL {
	value := v.Required(name)
	if value == "" {
		return &url.URL{}
	}
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		v.invalid(name, fmt.Errorf("%w: %q is not an http or https URL", ErrInvalid, value))
		return &url.URL{}
	}
	return u
}

// Err returns everything that was wrong so far, or nil.
func (v *Vars) Err() error { return errors.Join(v.problems...) }

// MustBeComplete ends the process with one log line and status 1 if anything was wrong. Lambda then reports a failed
// start, instead of a failure of every later event.
func (v *Vars) MustBeComplete(log *slog.Logger) {
	if len(v.problems) == 0 {
		return
	}
	texts := make([]string, len(v.problems))
	for i, problem := range v.problems {
		texts[i] = problem.Error()
	}
	log.Error("cannot start: the environment is incomplete", "variables", texts)
	os.Exit(1)
}

func (v *Vars) invalid(name string, why error) {
	v.problems = append(v.problems, fmt.Errorf("env: %s %w", name, why))
}

// Number returns a required whole number of least to most.
func (v *Vars) Number(name string, least, most int) int {
	value := v.Required(name)
	if value == "" {
		return least
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		v.invalid(name, fmt.Errorf("%w: %q is not a number of %d to %d", ErrInvalid, value, least, most))
		return least
	}
	return n
}

// OptionalDecimal returns a number greater than 0, or 0 if the variable is not set.
func (v *Vars) OptionalDecimal(name string) float64 {
	value := v.Optional(name)
	if value == "" {
		return 0
	}
	n, err := strconv.ParseFloat(value, 64)
	if err != nil || !(n > 0 && n < 1e9) {
		v.invalid(name, fmt.Errorf("%w: %q is not a number greater than 0", ErrInvalid, value))
		return 0
	}
	return n
}
