// Package e2e tests the whole product from outside. It builds the local stage's program, starts it on the synthesized
// template and lives through the hub's stories as users do: over real sockets, with the client package and with plain
// AWS SDK calls. Nothing in it reaches into the program, but for the controls under /_local/.
//
// One stage, started on first use, serves every test that leaves it as it was. A test that breaks things on purpose, or
// changes what all share, starts a stage of its own from the same cloud assembly, which takes about a second.
//
// At the end the suite looks at what it has left behind: no call was refused that no test made on purpose, every
// permission of every role was needed, but for a list with reasons, and no process remains.
package e2e
