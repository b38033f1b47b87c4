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
		return nil, fmt.Errorf("%w: choose a folder of yours with -data DIR", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("%w: choose a folder of yours with -data DIR", err)
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

// A claim is the folder of the state, held by this process.
type claim struct {
	dir     string
	made    bool // the folder was not there before
	kept    bool // the stage has started, and has something to keep
	release func()
}

// claimFolder takes the folder of the options. A second instance beside the first, on another port and with no folder named,
// gets a folder of its own.
func claimFolder(o options) (*claim, error) {
	c, err := claimThis(o.data)
	if errors.Is(err, errTaken) && !o.dataGiven && o.port != 4566 {
		return claimThis(o.data + "-" + strconv.Itoa(o.port))
	}
	return c, err
}

func claimThis(dir string) (*claim, error) {
	_, err := os.Stat(dir)
	c := &claim{dir: dir, made: errors.Is(err, os.ErrNotExist)}
	c.release, err = lock(dir)
	return c, err
}

// end gives the folder back, and removes it if a start that failed has made it.
func (c *claim) end() {
	if c.made && !c.kept {
		_ = os.RemoveAll(c.dir)
	}
	c.release()
}
