package calendar

// Lambda's images for compiled languages need not hold the time zones, so every binary carries them.
// https://pkg.go.dev/time/tzdata
import _ "time/tzdata"
