package dispatch

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

// An Object is a stored content's name and age.
type Object struct {
	Name       string
	ModifiedAt time.Time
}

// Objects lists and removes contents.
type Objects interface {
	// After lists objects in the order of their names, and reports whether there are more.
	After(ctx context.Context, name string) (objects []Object, more bool, err error)
	Remove(ctx context.Context, name string) error
}

// Pointers resolves messages to their objects.
type Pointers interface {
	// Pointed returns the object of each message, by group and key; missing messages are left out.
	Pointed(ctx context.Context, messages [][2]string) (map[[2]string]string, error)
}

// A Sweeper removes contents that no message refers to: left behind by a crash between content and row, replaced by a
// change, or of a message that has expired.
type Sweeper struct {
	Objects  Objects
	Messages Pointers
	Prefix   string
	Now      func() time.Time
	Log      *slog.Logger
}

const (
	// orphanAge is the age at which an object may be an orphan: its row is written seconds after it.
	orphanAge = time.Hour
	// sweepPause is the time between two passes over all objects.
	sweepPause = 6 * time.Hour
)

// Sweep checks one page of objects, if a pass is due. Its failures are only logged: dispatching matters more.
func (s *Sweeper) Sweep(ctx context.Context, state *State) {
	if s.Now().Before(state.SweepAt) {
		return
	}
	objects, more, err := s.Objects.After(ctx, state.SweepAfter)
	if err != nil {
		s.Log.ErrorContext(ctx, "content not swept", "error", err)
		return
	}
	if err := s.remove(ctx, objects); err != nil {
		s.Log.ErrorContext(ctx, "content not swept", "error", err)
		return
	}
	if more && len(objects) > 0 {
		state.SweepAfter = objects[len(objects)-1].Name
		return
	}
	state.SweepAfter, state.SweepAt = "", s.Now().Add(sweepPause)
}

func (s *Sweeper) remove(ctx context.Context, objects []Object) error {
	var old []Object
	var owners [][2]string
	seen := map[[2]string]bool{}
	for _, o := range objects {
		owner, ok := s.owner(o.Name)
		if !ok || s.Now().Sub(o.ModifiedAt) < orphanAge {
			continue
		}
		old = append(old, o)
		if !seen[owner] {
			seen[owner], owners = true, append(owners, owner)
		}
	}
	pointed, err := s.Messages.Pointed(ctx, owners)
	if err != nil {
		return err
	}
	removed := 0
	for _, o := range old {
		owner, _ := s.owner(o.Name)
		if pointed[owner] == o.Name {
			continue
		}
		if err := s.Objects.Remove(ctx, o.Name); err != nil {
			return err
		}
		removed++
	}
	if removed > 0 {
		s.Log.InfoContext(ctx, "orphans removed", "objects", removed)
	}
	return nil
}

// owner parses group and key from an object's name. Other objects are left alone: the bucket may be shared.
func (s *Sweeper) owner(name string) (owner [2]string, ok bool) {
	rest, ok := strings.CutPrefix(name, s.Prefix)
	parts := strings.Split(rest, "/")
	if !ok || len(parts) != 3 || schedule.CheckGroup(parts[0]) != nil || !schedule.IsKey(parts[1]) || !strings.HasSuffix(parts[2], ".json") {
		return owner, false
	}
	return [2]string{parts[0], parts[1]}, true
}
