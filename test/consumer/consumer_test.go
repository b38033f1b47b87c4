// Package consumer_test proves that another team's CDK app can use Hermes as any module is used: from the module
// cache, which is read-only, and from a vendor folder. The app is the folder app, a module of its own.
package consumer_test

import (
	"bufio"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/dirhash"

	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// hubFunctions are the functions of the hub in the consumer's stack.
var hubFunctions = []string{
	contract.FunctionAuthorize, contract.FunctionConnect, contract.FunctionDisconnect, contract.FunctionSend,
	contract.FunctionDefault, contract.FunctionBroadcast, contract.FunctionDeliver,
}

// The consumer's binary is built with -trimpath in both cases. No path of a source is then in it, which a bundler
// could lean on by mistake; and the go command keeps one compiled awscdk for both, whose folders differ.
const trimpath = "-trimpath"

func TestAnAppWithAHubOfAModuleItRequires(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	r := publish(t, root)
	local := machine{dir: root, env: []string{"GOWORK=off", "GONOPROXY=none", "GONOSUMDB=" + hermes}}
	cache := local.run(t, "go", "env", "GOMODCACHE")
	local = local.with("GOPROXY=file://" + filepath.ToSlash(r.proxy) + "," + local.run(t, "go", "env", "GOPROXY"))
	module := filepath.Join(cache, filepath.FromSlash(hermes)+"@"+r.version)
	t.Cleanup(func() { forget(t, cache, module, r) })

	app := newApp(t, local, root, r)
	var fromCache, fromVendor []string
	t.Run("builds its functions from the module cache", func(t *testing.T) {
		m := local.in(app).with("GOFLAGS=-mod=mod")
		m.run(t, "go", "build", trimpath, "-o", "consumer", ".")
		fromCache = synth(t, m)
		assertUntouched(t, module, r)
	})
	t.Run("builds the same from a vendor folder", func(t *testing.T) {
		m := local.in(app)
		m.with("GOFLAGS=-mod=mod").run(t, "go", "mod", "vendor")
		forget(t, cache, module, r)
		m = m.with("GOFLAGS=-mod=vendor")
		m.run(t, "go", "build", trimpath, "-o", "consumer", ".")
		fromVendor = synth(t, m)
	})
	if !slices.Equal(fromCache, fromVendor) {
		t.Errorf("got other binaries from the vendor folder: %q and %q", fromCache, fromVendor)
	}
}

// The local stage is a program of the module: whoever has Go and Node runs it from its version, in the folder of any app.
func TestTheLocalStageOfAReleaseRunsAnyApp(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	r := publish(t, root)
	local := machine{dir: root, env: []string{"GOWORK=off", "GONOPROXY=none", "GONOSUMDB=" + hermes}}
	cache := local.run(t, "go", "env", "GOMODCACHE")
	local = local.with("GOPROXY=file://" + filepath.ToSlash(r.proxy) + "," + local.run(t, "go", "env", "GOPROXY"))
	t.Cleanup(func() { forget(t, cache, filepath.Join(cache, filepath.FromSlash(hermes)+"@"+r.version), r) })
	dir := t.TempDir()
	const app = `mkdir "$CDK_OUTDIR" && cd "$CDK_OUTDIR" && echo '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}' >t.json &&
echo '{"artifacts": {"App": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region", "properties": {"templateFile": "t.json"}}}}' >manifest.json`
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	stage := exec.CommandContext(ctx, "go", "run", hermes+"/infra/local@"+r.version, "-app", app, "-port", "0", "-data", dir, "-ephemeral")
	stage.Dir, stage.Env = dir, append(os.Environ(), local.env...)
	said, err := stage.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var failed strings.Builder
	stage.Stderr = &failed
	if err := stage.Start(); err != nil {
		t.Fatal(err)
	}
	ready := false
	for lines := bufio.NewScanner(said); !ready && lines.Scan(); {
		ready = strings.HasPrefix(lines.Text(), "ready in ")
	}
	cancel() // ends go, and with it the stage
	if err := stage.Wait(); !ready {
		t.Errorf("it ended (%v):\n%s", err, &failed)
	}
}

// newApp copies the consumer's module to a folder of its own and has it require the release.
func newApp(t *testing.T, local machine, root string, r release) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"main.go", "go.mod"} {
		copyFile(t, filepath.Join("app", name), filepath.Join(dir, name))
	}
	// The checksums of this module serve the consumer too, so that a new version of a dependency needs no change there.
	var sums []byte
	for _, name := range []string{filepath.Join("app", "go.sum"), filepath.Join(root, "go.sum")} {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, content...)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o644); err != nil {
		t.Fatal(err)
	}
	local.in(dir).run(t, "go", "mod", "edit", "-dropreplace="+hermes, "-require="+hermes+"@"+r.version)
	return dir
}

// synth runs the consumer's app in another folder than that of its sources, with nothing built before, checks the
// functions, and returns their assets.
func synth(t *testing.T, m machine) []string {
	t.Helper()
	assembly := filepath.Join(t.TempDir(), "cdk.out")
	m.in(t.TempDir()).with("CDK_OUTDIR="+assembly, "HERMES_CACHE="+t.TempDir()).run(t, filepath.Join(m.dir, "consumer"))
	assets := functionAssets(t, assembly)
	if len(assets) != len(hubFunctions) || len(slices.Compact(slices.Clone(assets))) != len(hubFunctions) {
		t.Fatalf("got assets %q, want one for each of %q", assets, hubFunctions)
	}
	for _, asset := range assets {
		assertBootstrap(t, filepath.Join(assembly, asset))
	}
	return assets
}

// assertUntouched checks that the module in the cache is still what was released, and read-only.
func assertUntouched(t *testing.T, module string, r release) {
	t.Helper()
	released, err := dirhash.HashZip(r.zip, dirhash.Hash1)
	if err != nil {
		t.Fatal(err)
	}
	cached, err := dirhash.HashDir(module, hermes+"@"+r.version, dirhash.Hash1)
	if err != nil || cached != released {
		t.Errorf("the module in the cache has become %s, %v, want %s", cached, err, released)
	}
	if info, err := os.Stat(filepath.Join(module, "hermes.go")); err != nil || info.Mode()&0o222 != 0 {
		t.Errorf("got %v, %v, want a file that nobody may write", info.Mode(), err)
	}
}

// forget removes the release from the module cache.
func forget(t *testing.T, cache, module string, r release) {
	t.Helper()
	_ = filepath.WalkDir(module, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			err = os.Chmod(name, 0o755)
		}
		return err
	})
	if err := os.RemoveAll(module); err != nil {
		t.Error(err)
	}
	versions := filepath.Join(cache, "cache", "download", filepath.FromSlash(hermes), "@v")
	downloads, _ := filepath.Glob(filepath.Join(versions, r.version+".*"))
	for _, file := range downloads {
		if err := os.Remove(file); err != nil {
			t.Error(err)
		}
	}
	if list, err := os.ReadFile(filepath.Join(versions, "list")); err == nil && strings.Contains(string(list), r.version) {
		_ = os.Remove(filepath.Join(versions, "list")) // a copy of the proxy's, which the go command asks for again
	}
	// The folders around it go only if nothing else is in them.
	for _, folder := range []string{filepath.Dir(module), versions, filepath.Dir(versions), filepath.Dir(filepath.Dir(versions))} {
		_ = os.Remove(folder)
	}
}
