package schedulertest

import "time"

// FullJitter always picks the longest pause, so that tests can count on it.
func FullJitter(most time.Duration) time.Duration { return most }
