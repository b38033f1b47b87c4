// Package hermes is the root of a module of AWS CDK constructs with their Lambda code inside.
//
// The constructs are in constructs/notificationhub, constructs/budgetsubscriber and constructs/messagescheduler; what
// a backend imports is in client. This package itself only carries the sources of the Lambda functions, so that they
// travel wherever the module does: into a read-only module cache and into a vendor folder alike.
package hermes

import (
	"embed"
	"io/fs"
)

// Embedding copies go.mod and go.sum into a consumer's vendor folder too, where "go mod vendor" leaves a module's own
// go.mod out otherwise. A nested go.mod below functions would cut its folder out of the embedding.
//
//go:embed go.mod go.sum functions
var source embed.FS

// Source returns the sources of the Lambda functions: go.mod, go.sum and the folder functions, tests and test data
// included, because an embedding cannot leave them out; whoever builds from it does.
func Source() fs.FS { return source }
