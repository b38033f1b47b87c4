package gobundle

import (
	"slices"
	"testing"
	"testing/fstest"
)

func mustTree(t *testing.T, source fstest.MapFS) *tree {
	t.Helper()
	read, err := readTree(source)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func TestTreeLeavesOutTestsAndTestData(t *testing.T) {
	t.Parallel()
	want := []string{
		"functions/demo/README.md",
		"functions/demo/goodbye/main.go",
		"functions/demo/hello/main.go",
		"functions/demo/internal/words/texts/hello.txt",
		"functions/demo/internal/words/words.go",
		"functions/other/lonely/main.go",
		"go.mod",
		"go.sum",
	}
	if got := mustTree(t, demo()).names(); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestClosureHoldsTheFilesThatReachTheBinary(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, pkg string
		want      []string
	}{
		{
			name: "an imported package and the file that it embeds",
			pkg:  hello,
			want: []string{
				"functions/demo/hello/main.go",
				"functions/demo/internal/words/texts/hello.txt",
				"functions/demo/internal/words/words.go",
				"go.mod",
				"go.sum",
			},
		},
		{
			name: "nothing of a package beside it",
			pkg:  goodbye,
			want: []string{"functions/demo/goodbye/main.go", "go.mod", "go.sum"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := mustTree(t, demo()).closure(test.pkg); !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestClosureEndsWherePackagesImportEachOther(t *testing.T) {
	t.Parallel()
	source := demo(map[string]string{
		"functions/demo/internal/words/words.go": "package words\n\nimport _ \"example.com/demo/functions/demo/internal/loop\"\n",
		"functions/demo/internal/loop/loop.go":   "package loop\n\nimport _ \"example.com/demo/functions/demo/internal/words\"\n",
	})
	want := []string{
		"functions/demo/hello/main.go",
		"functions/demo/internal/loop/loop.go",
		"functions/demo/internal/words/texts/hello.txt",
		"functions/demo/internal/words/words.go",
		"go.mod",
		"go.sum",
	}
	if got := mustTree(t, source).closure(hello); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestSiblingsAreTheMainPackagesOfTheSameFolder(t *testing.T) {
	t.Parallel()
	source := demo(map[string]string{"functions/demo/contract/contract.go": "package contract\n"})
	if got, want := mustTree(t, source).siblings(hello), []string{goodbye, hello}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTreeWithoutAModuleIsRefused(t *testing.T) {
	t.Parallel()
	_, err := readTree(fstest.MapFS{"main.go": {Data: []byte("package main\n")}})
	if want := "go.mod is missing or names no module"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %q", err, want)
	}
}
