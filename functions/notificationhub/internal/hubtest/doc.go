// Package hubtest has what tests of the hub stand on: tables, a queue, a gateway and a clock in memory, and the suite that
// the tables in memory and those of DynamoDB both pass.
package hubtest
