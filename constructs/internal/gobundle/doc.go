// Package gobundle builds the Lambda functions of this module and hands them to the CDK as assets. It is the only
// package that executes the go command.
//
// The sources come from the embedding of the root package, so it makes no difference whether the module lies in a
// read-only module cache, in a vendor folder or in a working tree, nor where the CDK app runs. They are extracted to
// a cache folder and built there with the module's own go.mod and go.sum: every consumer gets the versions that this
// module was tested with, whatever its own go.mod says. Modules that are not yet in the module cache are downloaded.
//
// The cache is $HERMES_CACHE, or the folder hermes of os.UserCacheDir. An entry is named by everything that goes into
// a binary: the files of the packages it is made of, go.mod and go.sum, the version of Go, the target, the flags. An
// unchanged function is therefore not built again, and all functions of a construct that have changed are built by one
// go command, which compiles in parallel and shares packages. Processes may share the cache: entries are complete
// when they appear, and never change. What nobody has used for 30 days is removed.
package gobundle
