package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// tick shows what is being done and for how long, on one line that is written over on a terminal and once elsewhere. The
// function it returns ends the line.
func tick(w io.Writer, what string) func() {
	begun := time.Now()
	if !terminal(w) {
		fmt.Fprintf(w, "%s ...\n", what)
		return func() { fmt.Fprintf(w, "%s: %.1f s\n", what, time.Since(begun).Seconds()) }
	}
	done := make(chan struct{})
	var ended sync.WaitGroup
	ended.Go(func() {
		beat := time.NewTicker(100 * time.Millisecond)
		defer beat.Stop()
		for {
			fmt.Fprintf(w, "\r\x1b[K%s %.1f s", what, time.Since(begun).Seconds())
			select {
			case <-beat.C:
			case <-done:
				fmt.Fprintf(w, "\r\x1b[K%s: %.1f s\n", what, time.Since(begun).Seconds())
				return
			}
		}
	})
	return func() { close(done); ended.Wait() }
}

// terminal says whether the writer is a terminal that may be written over and coloured.
func terminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
