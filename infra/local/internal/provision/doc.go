// Package provision turns the resources of a cloud assembly into a World: plain configuration for the parts of the
// local stage that run functions, gateways, schedules and the rest, and the tables, queues, topics and buckets to make
// on the data services.
//
// Plan reads and checks everything and makes nothing; Create makes what the data services hold; World.Install hands
// the policies to the policy engine. Each resource type has a struct with the properties that are honoured, and those
// that are accepted without effect, tagged with the reason. Everything else in a template stops Plan with stack,
// logical id and property: what does not run as on AWS must not look as if it did.
package provision
