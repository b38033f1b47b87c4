package gobundle

import (
	"testing"

	"github.com/hermes-cdk/hermes"
	"github.com/hermes-cdk/hermes/functions/notificationhub/contract"
)

// Both count on the packages' being in the go command's own build cache, as they are on a developer's machine.

func BenchmarkBuildOfAHubThatHasChanged(b *testing.B) {
	for b.Loop() {
		bundler := &Bundler{Source: hermes.Source(), Cache: b.TempDir()}
		buildHub(b, bundler)
	}
}

func BenchmarkBuildOfAHubThatHasNotChanged(b *testing.B) {
	cache := b.TempDir()
	buildHub(b, &Bundler{Source: hermes.Source(), Cache: cache})
	for b.Loop() {
		buildHub(b, &Bundler{Source: hermes.Source(), Cache: cache}) // again, as another process would
	}
}

func buildHub(b *testing.B, bundler *Bundler) {
	b.Helper()
	for _, name := range hubFunctions() {
		if _, err := bundler.Build(b.Context(), "functions/notificationhub/"+name, linuxARM); err != nil {
			b.Fatal(err)
		}
	}
}

func hubFunctions() []string {
	return []string{
		contract.FunctionAuthorize, contract.FunctionConnect, contract.FunctionDisconnect, contract.FunctionSend,
		contract.FunctionDefault, contract.FunctionBroadcast, contract.FunctionDeliver,
	}
}
