package client

import (
	"errors"
	"testing"
)

// eachStore runs a suite against the fake and against a table of the real peer.
func eachStore(t *testing.T, suite func(*testing.T, rowStore)) {
	t.Run("in memory", func(t *testing.T) {
		t.Parallel()
		suite(t, newMemoryRows())
	})
	t.Run("on dynalite", func(t *testing.T) {
		t.Parallel()
		suite(t, peerTable(t))
	})
}

func TestRowStore(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		held, seen *row
		next       row
		want       error
	}{
		{"makes a row where there was none", nil, nil, row{"sha256:a", "v1.x", 100}, nil},
		{"does not make a row over another's", &row{"sha256:b", "", 100}, nil, row{"sha256:a", "v1.x", 100}, errConflict},
		{"does not bring back a row that was deleted", nil, &row{"sha256:a", "", 100}, row{"sha256:a", "", 200}, errConflict},
		{"extends a row", &row{"sha256:a", "v1.x", 100}, &row{"sha256:a", "v1.x", 100}, row{"sha256:a", "v1.x", 200}, nil},
		{"keeps a row's end", &row{"sha256:a", "v1.x", 100}, &row{"sha256:a", "v1.x", 100}, row{"sha256:a", "v1.y", 100}, nil},
		{"extends a row that another extended less", &row{"sha256:a", "v1.x", 150}, &row{"sha256:a", "v1.x", 100}, row{"sha256:a", "v1.x", 200}, nil},
		{"does not shorten a row that another extended more", &row{"sha256:a", "v1.x", 300}, &row{"sha256:a", "v1.x", 100}, row{"sha256:a", "v1.x", 200}, errConflict},
		{"replaces the token it saw", &row{"sha256:a", "v1.x", 100}, &row{"sha256:a", "v1.x", 100}, row{"sha256:b", "v1.z", 200}, nil},
		{"does not replace a token it did not see", &row{"sha256:c", "v1.x", 100}, &row{"sha256:a", "v1.x", 100}, row{"sha256:b", "v1.z", 200}, errConflict},
		{"drops the sealed copy with a classic token", &row{"sha256:a", "v1.x", 100}, &row{"sha256:a", "v1.x", 100}, row{"$2b$04$x", "", 200}, nil},
		{"gives an end to a row that had none", &row{"$2b$04$x", "", 0}, &row{"$2b$04$x", "", 0}, row{"sha256:b", "v1.z", 200}, nil},
		{"leaves a row without an end as it is", &row{"$2b$04$x", "", 0}, &row{"$2b$04$x", "", 0}, row{"$2b$04$x", "v1.z", 0}, nil},
		{"does not take an end away", &row{"$2b$04$x", "", 100}, &row{"$2b$04$x", "", 0}, row{"sha256:b", "v1.z", 200}, errConflict},
	}
	eachStore(t, func(t *testing.T, store rowStore) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				user := newName()
				if tt.held != nil {
					mustPut(t, store, user, *tt.held)
				}
				if err := store.put(t.Context(), user, "orders", tt.seen, tt.next); !errors.Is(err, tt.want) {
					t.Fatalf("put gave %v, want %v", err, tt.want)
				}
				want := tt.held
				if tt.want == nil {
					want = &tt.next
				}
				expectRow(t, store, user, want)
				expectGone(t, store, user)
			})
		}
	})
}

func mustPut(t *testing.T, store rowStore, user string, r row) {
	t.Helper()
	if err := store.put(t.Context(), user, "orders", nil, r); err != nil {
		t.Fatalf("put %+v: %v", r, err)
	}
}

func expectRow(t *testing.T, store rowStore, user string, want *row) {
	t.Helper()
	got, err := store.get(t.Context(), user, "orders")
	if err != nil {
		t.Fatal(err)
	}
	if (got == nil) != (want == nil) || got != nil && *got != *want {
		t.Errorf("the store holds %+v, want %+v", got, want)
	}
}

func expectGone(t *testing.T, store rowStore, user string) {
	t.Helper()
	for range 2 { // removing what is not there is no error
		if err := store.remove(t.Context(), user, "orders"); err != nil {
			t.Fatal(err)
		}
	}
	expectRow(t, store, user, nil)
}
