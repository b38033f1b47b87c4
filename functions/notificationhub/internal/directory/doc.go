// Package directory finds the connections of rooms for workers that need them for each message.
//
// A consistent read of a room of 10,000 connections takes 325 of the 3,000 read units a second that a partition has: nine
// messages a second, and one of 100,000 connections less than one. So a worker keeps what it has read of a large room, and reads
// for each message only those that connected lately. It finds everybody whose row is written, as the plain read would.
// What it may have missed are those who left since: a post to them is answered 410, which costs a request and nothing else.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
package directory
