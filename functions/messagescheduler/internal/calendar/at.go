package calendar

import (
	"fmt"
	"strings"
	"time"
)

// Zone loads a zone of the IANA database by its name. "" is UTC; "Local" is refused: it depends on the machine.
func Zone(name string) (*time.Location, error) {
	if name == "Local" || strings.HasPrefix(name, "/") {
		return nil, fmt.Errorf("%w: %q", ErrZone, name)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %q", ErrZone, name)
	}
	return loc, nil
}

// layouts are those of a local time, the finest first. RFC 3339 requires seconds; users omit them.
var layouts = []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04"}

// ParseAt parses an instant (RFC 3339 with an offset or Z) or, with a zone, a local time. An instant may come with a
// zone: 2026-07-01T09:00:00+02:00 and Europe/Berlin must then agree on the offset.
func ParseAt(text, zone string) (time.Time, error) {
	loc, err := Zone(zone)
	if err != nil {
		return time.Time{}, err
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		_, named := t.In(loc).Zone()
		if _, written := t.Zone(); zone != "" && written != named && !strings.HasSuffix(text, "Z") {
			return time.Time{}, fmt.Errorf("%w: %s is not the offset of %s then", ErrOffset, text, zone)
		}
		return t.UTC(), nil
	}
	for _, layout := range layouts {
		wall, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		if zone == "" {
			return time.Time{}, fmt.Errorf("%w: %q has no offset, and no timezone is given", ErrTime, text)
		}
		return Resolve(wall, loc).UTC(), nil
	}
	return time.Time{}, fmt.Errorf("%w: %q is neither RFC 3339 nor a local time such as 2026-07-01T09:00", ErrTime, text)
}
