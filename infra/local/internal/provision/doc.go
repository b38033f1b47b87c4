// Package provision turns a cloud assembly into Resources: plain configuration for the parts of the local stage that run
// functions, gateways, rules and the rest, and the tables, queues, topics and buckets to create on the data services.
//
// Plan reads and checks everything and creates nothing; Create creates what the data services hold; Install adds the policies
// to the policy engine. Each resource type has a struct with the properties that are honoured, and those that are accepted
// without effect, tagged with the reason. Everything else in a template stops Plan with stack, logical id and property: what
// does not run as on AWS must not seem to.
package provision
