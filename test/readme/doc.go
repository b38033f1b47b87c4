// Package readme does what README.md and the guides print, to the letter. From a clean clone it runs the README's commands in
// their order; the programs of the guides run against the stage that `make run` has started; the constructs' snippets are
// compiled.
//
// The pages are README.md, docs/backends.md, docs/scheduler.md, docs/first-deploy.md, client/web/README.md and the constructs' own. A
// command that one of them prints and no test runs is a failure, unless it is left with a reason. What was left, or could not be
// run for want of an interpreter, is printed at the end.
package readme
