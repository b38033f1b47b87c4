package lambda

import (
	"bytes"
	"os"
	"strconv"
)

// peakMemoryMB returns the peak memory of the process, in MB rounded up; 0 if it has ended.
// https://man7.org/linux/man-pages/man5/proc_pid_status.5.html (VmHWM)
func peakMemoryMB(pid int) int {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(status, []byte("VmHWM:"))
	digits, _, _ := bytes.Cut(bytes.TrimSpace(rest), []byte(" "))
	kb, err := strconv.Atoi(string(digits))
	if err != nil {
		return 0
	}
	return (kb + 1023) / 1024
}
