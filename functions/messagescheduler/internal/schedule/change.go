package schedule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Change changes the time or the content of a waiting message. ifMatch is the ETag that the caller has seen, or "" or
// "*".
func (s *Service) Change(ctx context.Context, group, key string, r Request, ifMatch string) (Message, error) {
	return s.write(ctx, group, key, ifMatch, func(m Message) (Message, error) {
		if err := open(m); err != nil {
			return m, err
		}
		next, err := s.changed(m, r)
		if err != nil {
			return m, err
		}
		content, err := s.Contents.Get(ctx, m.Object)
		if err != nil {
			return m, err
		}
		r.apply(&content)
		if err := checkFrame(next, content); err != nil {
			return m, err
		}
		next.Object = s.newObject(group, key) // the tags have subject and time, so every change writes an object
		return next, s.Contents.Put(ctx, next, content)
	})
}

// Cancel cancels a message. If an occurrence of a repeat is being sent, only later occurrences are cancelled, and
// sending is true.
func (s *Service) Cancel(ctx context.Context, group, key, ifMatch string) (m Message, sending bool, err error) {
	m, err = s.write(ctx, group, key, ifMatch, func(m Message) (Message, error) {
		if m.Status == StatusSending && m.Repeat != nil {
			m.Cancelled = true
			return m, nil
		}
		if err := open(m); err != nil {
			return m, err
		}
		m.Status, m.DispatchAt, m.ExpiresAt = StatusCancelled, time.Time{}, s.Now().Add(s.Retention)
		return m, nil
	})
	return m, m.Status == StatusSending, err
}

// open returns nil if the message can still be changed.
func open(m Message) error {
	switch m.Status {
	case StatusScheduled:
		return nil
	case StatusSending:
		return ErrSending
	default:
		return fmt.Errorf("%w: it is %s", ErrFinished, m.Status)
	}
}

// write reads a message, changes it, and stores it if nobody else has changed it meanwhile. Without a precondition it
// retries.
func (s *Service) write(ctx context.Context, group, key, ifMatch string, change func(Message) (Message, error)) (Message, error) {
	for range tries {
		m, err := s.find(ctx, group, key)
		if err != nil {
			return m, err
		}
		if !matches(ifMatch, m.ETag()) {
			return m, fmt.Errorf("schedule: change %q: %w: it is %s, not %s", key, ErrPrecondition, m.ETag(), ifMatch)
		}
		next, err := change(m)
		if err != nil {
			return m, fmt.Errorf("schedule: change %q of group %q: %w", key, group, err)
		}
		next.Revision, next.UpdatedAt = m.Revision+1, s.Now()
		err = s.Messages.Update(ctx, next, m.Revision)
		if errors.Is(err, ErrConflict) {
			continue
		}
		if err != nil {
			return m, fmt.Errorf("schedule: change %q of group %q: %w", key, group, err)
		}
		if next.Status == StatusScheduled {
			s.enqueue(ctx, next)
		}
		return next, nil
	}
	return Message{}, fmt.Errorf("schedule: change %q of group %q: %w", key, group, ErrBusy)
}

// matches uses the strong comparison of RFC 9110, section 13.1.1.
func matches(ifMatch, etag string) bool {
	if ifMatch == "" || strings.TrimSpace(ifMatch) == "*" {
		return true
	}
	return slices.ContainsFunc(strings.Split(ifMatch, ","), func(tag string) bool { return strings.TrimSpace(tag) == etag })
}

func (s *Service) changed(m Message, r Request) (Message, error) {
	now := s.Now()
	m.Version++
	if r.Subject != nil {
		m.Subject = *r.Subject
	}
	if r.Channels != nil {
		if err := s.checkChannels(r.Channels); err != nil {
			return m, err
		}
		m.Channels = r.Channels
	}
	if !r.hasTime() {
		m.setDispatchAt(now)
		return m, nil
	}
	if r.ScheduleOn == nil && r.At == nil && r.Repeat == nil { // the repeat ends, or the zone's name changes
		if r.RemoveRepeat {
			m.Repeat = nil
		} else {
			return m, Invalid("timezone", *r.Timezone, "needs at or repeat beside it")
		}
		m.setDispatchAt(now)
		return m, nil
	}
	timing, err := r.timing(now)
	if err != nil {
		return m, err
	}
	if r.Repeat == nil && !r.RemoveRepeat && m.Repeat != nil {
		return m, Invalid("repeat", "", "the message repeats: give its repeat with the new time, or null to end it")
	}
	m.Due, m.Timezone, m.Repeat, m.Occurrence = timing.due, timing.timezone, timing.repeat, 0
	m.setDispatchAt(now)
	return m, nil
}

// apply sets the content's fields that the request has.
func (r Request) apply(c *Content) {
	for _, f := range []struct{ from, into *string }{{r.Subject, &c.Subject}, {r.Body, &c.Body}, {r.Format, &c.Format}} {
		if f.from != nil {
			*f.into = *f.from
		}
	}
	if r.Data != nil {
		c.Data = r.Data
	}
	if string(c.Data) == "null" {
		c.Data = nil
	}
}

// lastBegun returns the due time of the latest occurrence that has started.
func (m Message) lastBegun() time.Time {
	if m.Status == StatusScheduled && m.Occurrence > 0 && !m.Previous.IsZero() {
		return m.Previous
	}
	return m.Due
}
