// Package eventbridge plays the default bus of EventBridge: it fires rules on their schedule and for the events put on it.
package eventbridge
