// Package tools pins the heavy programs that the local stage builds on demand, in a module of their own, so that whoever
// imports the library does not carry their dependencies. See the tool directive of go.mod.
package tools
