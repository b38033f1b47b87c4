package calendar

// Lambda's images for compiled languages may lack the time zones, so every binary carries them.
// https://pkg.go.dev/time/tzdata
import _ "time/tzdata"
