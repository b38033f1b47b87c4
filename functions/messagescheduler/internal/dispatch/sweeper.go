package dispatch

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/hermes-cdk/hermes/functions/messagescheduler/internal/schedule"
)

// An Object is a stored content.
type Object struct {
	Name       string
	ModifiedAt time.Time
}

// Objects lists and removes contents.
type Objects interface {
	// After lists objects in the order of their names, and says whether there are more.
	After(ctx context.Context, name string) (objects []Object, more bool, err error)
	Remove(ctx context.Context, name string) error
}

// Pointers says which objects messages point to.
type Pointers interface {
	// Pointed gives the object of each message, by group and key; messages that are not there are left out.
	Pointed(ctx context.Context, messages [][2]string) (map[[2]string]string, error)
}

// A Sweeper removes content that no message points to: what a crash between content and row left behind, what a change
// replaced, what belonged to a message that has been forgotten.
type Sweeper struct {
	Objects  Objects
	Messages Pointers
	Prefix   string
	Now      func() time.Time
	Log      *slog.Logger
}

const (
	// orphanAge is how old an object is before it may be an orphan: the row is written seconds after it.
	orphanAge = time.Hour
	// sweepPause lies between two walks through all objects.
	sweepPause = 6 * time.Hour
)

// Sweep looks at one page of objects, if it is time. Its failures are logged: the dispatcher has more important things to do.
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

// owner reads group and key from an object's name. What does not look like ours is left alone: the bucket may be shared.
func (s *Sweeper) owner(name string) (owner [2]string, ok bool) {
	rest, ok := strings.CutPrefix(name, s.Prefix)
	parts := strings.Split(rest, "/")
	if !ok || len(parts) != 3 || schedule.CheckGroup(parts[0]) != nil || !schedule.IsKey(parts[1]) || !strings.HasSuffix(parts[2], ".json") {
		return owner, false
	}
	return [2]string{parts[0], parts[1]}, true
}
