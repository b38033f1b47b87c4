package lambda

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
)

// maxLine is the length at which a longer line is split.
const maxLine = 256 * 1024

// An output reads a pipe and cuts it into lines. It can be drained at any time, so that what a function printed during an
// invocation is attributed to it.
type output struct {
	pipe *os.File
	raw  syscall.RawConn
	emit func(line []byte)
	done chan struct{}

	mu      sync.Mutex
	partial []byte
	buffer  [32 * 1024]byte
}

// newOutput returns an output and the end of the pipe to pass to the process and close.
func newOutput(emit func(line []byte)) (*output, *os.File, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, nil, fmt.Errorf("lambda: make pipe: %w", err)
	}
	raw, err := reader.SyscallConn()
	if err != nil {
		_, _ = reader.Close(), writer.Close()
		return nil, nil, fmt.Errorf("lambda: make pipe: %w", err)
	}
	o := &output{pipe: reader, raw: raw, emit: emit, done: make(chan struct{})}
	go o.run()
	return o, writer, nil
}

// run reads until the pipe ends. The Go runtime's poller calls back whenever there is something to read.
func (o *output) run() {
	defer close(o.done)
	_ = o.raw.Read(func(fd uintptr) bool { return o.read(int(fd)) })
}

// drain reads what is in the pipe.
func (o *output) drain() {
	_ = o.raw.Control(func(fd uintptr) { o.read(int(fd)) })
}

// close reads the rest, even if a grandchild still holds the pipe, and emits a last unfinished line.
func (o *output) close() {
	o.drain()
	_ = o.pipe.Close()
	<-o.done
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.partial) > 0 {
		o.emit(bytes.Clone(o.partial))
		o.partial = nil
	}
}

// read reads without blocking and reports whether the pipe has ended.
func (o *output) read(fd int) (ended bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		n, err := syscall.Read(fd, o.buffer[:])
		switch {
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EAGAIN):
			return false
		case err != nil || n <= 0:
			return true
		default:
			o.split(o.buffer[:n])
		}
	}
}

func (o *output) split(data []byte) {
	for len(data) > 0 {
		line, rest, found := bytes.Cut(data, []byte{'\n'})
		o.partial = append(o.partial, line...)
		for len(o.partial) > maxLine {
			o.emit(bytes.Clone(o.partial[:maxLine]))
			o.partial = append(o.partial[:0], o.partial[maxLine:]...)
		}
		if !found {
			return
		}
		o.emit(bytes.Clone(bytes.TrimSuffix(o.partial, []byte{'\r'})))
		o.partial = o.partial[:0]
		data = rest
	}
}
