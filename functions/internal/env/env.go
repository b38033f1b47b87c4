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

// What can be wrong with a variable. Test with errors.Is.
var (
	ErrMissing = errors.New("is not set")
	ErrInvalid = errors.New("is not valid")
)

// Vars reads variables and remembers what was wrong with them.
type Vars struct {
	lookup func(string) (string, bool)
	faults []error
}

// Read reads the environment of the process.
func Read() *Vars { return From(os.LookupEnv) }

// From reads from lookup, which works as os.LookupEnv does.
func From(lookup func(string) (string, bool)) *Vars { return &Vars{lookup: lookup} }

// Required is the value of a variable that must not be empty.
func (v *Vars) Required(name string) string {
	value := v.Optional(name)
	if value == "" {
		v.fault(name, ErrMissing)
	}
	return value
}

// Optional is the value of a variable, or "".
func (v *Vars) Optional(name string) string {
	value, _ := v.lookup(name)
	return value
}

// Seconds is a required number of seconds, not negative.
func (v *Vars) Seconds(name string) time.Duration {
	value := v.Required(name)
	if value == "" {
		return 0
	}
	n, err := strconv.ParseInt(value, 10, 32)
	if err != nil || n < 0 {
		v.fault(name, fmt.Errorf("%w: %q is not a number of seconds", ErrInvalid, value))
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
		v.fault(name, fmt.Errorf("%w: %q is not an http or https URL", ErrInvalid, value))
		return &url.URL{}
	}
	return u
}

// Err is everything that was wrong so far, or nil.
func (v *Vars) Err() error { return errors.Join(v.faults...) }

// MustBeComplete ends the process with one log line and status 1 if anything was wrong. Lambda then reports the
// start as failed, instead of every event later.
func (v *Vars) MustBeComplete(log *slog.Logger) {
	if len(v.faults) == 0 {
		return
	}
	texts := make([]string, len(v.faults))
	for i, fault := range v.faults {
		texts[i] = fault.Error()
	}
	log.Error("cannot start: the environment is incomplete", "variables", texts)
	os.Exit(1)
}

func (v *Vars) fault(name string, why error) {
	v.faults = append(v.faults, fmt.Errorf("env: %s %w", name, why))
}

// Number is a required whole number of least to most.
func (v *Vars) Number(name string, least, most int) int {
	value := v.Required(name)
	if value == "" {
		return least
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		v.fault(name, fmt.Errorf("%w: %q is not a number of %d to %d", ErrInvalid, value, least, most))
		return least
	}
	return n
}

// OptionalDecimal is a number greater than 0, or 0 if the variable is not set.
func (v *Vars) OptionalDecimal(name string) float64 {
	value := v.Optional(name)
	if value == "" {
		return 0
	}
	n, err := strconv.ParseFloat(value, 64)
	if err != nil || !(n > 0 && n < 1e9) {
		v.fault(name, fmt.Errorf("%w: %q is not a number greater than 0", ErrInvalid, value))
		return 0
	}
	return n
}
