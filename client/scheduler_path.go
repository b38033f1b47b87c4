package client

import (
	"fmt"
	"net/url"
)

// A target is what a call is about, as a path of the API. A name that no path can hold would call another route: it is an error
// in place of the path.
type target struct {
	path string
	err  error
}

func messages(group string) target     { return target{}.named("group", group).below("schedule") }
func message(group, key string) target { return messages(group).named("key", key) }
func subscribers(group string) target  { return target{}.named("group", group).below("subscribers") }

func (t target) below(word string) target { return target{t.path + "/" + word, t.err} }

// named appends a name that the caller gave. Dots alone are parts of a path that proxies resolve.
func (t target) named(field, name string) target {
	switch {
	case t.err != nil:
		return t
	case name == "":
		return target{err: fieldError(field, name, ErrMissingField)}
	case name == "." || name == "..":
		return target{err: fieldError(field, name, fmt.Errorf("%w: it would change the path", ErrInvalidField))}
	}
	return t.below(url.PathEscape(name))
}

func (t target) with(query url.Values) target {
	if len(query) > 0 {
		t.path += "?" + query.Encode()
	}
	return t
}
