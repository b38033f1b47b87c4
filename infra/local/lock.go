package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

var errTaken = errors.New("another local stage uses it")

// lock takes the folder for this process, or says who has it. The lock ends with the process, however that ends.
func lock(dir string) (release func(), err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(file.Name())
		file.Close()
		return nil, fmt.Errorf("%s: %w (process %s): stop that one, or choose another folder with -data DIR", dir, errTaken,
			strings.TrimSpace(string(holder)))
	}
	if err := errors.Join(file.Truncate(0), writeAt(file, strconv.Itoa(os.Getpid())+"\n")); err != nil {
		file.Close()
		return nil, err
	}
	return func() { file.Close() }, nil
}

func writeAt(file *os.File, text string) error {
	_, err := file.WriteAt([]byte(text), 0)
	return err
}

// claim takes the folder of the options. A second instance beside the first, on another port and with no folder named,
// gets a folder of its own.
func claim(o options) (dir string, release func(), err error) {
	release, err = lock(o.data)
	if errors.Is(err, errTaken) && !o.dataGiven && o.port != 4566 {
		dir = o.data + "-" + strconv.Itoa(o.port)
		release, err = lock(dir)
		return dir, release, err
	}
	return o.data, release, err
}
