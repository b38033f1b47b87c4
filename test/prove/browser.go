package main

import (
	"bufio"
	"context"
	_ "embed" // the driver
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

//go:embed browser.mjs
var driver string

// A browser is a Node process in which pages use hermes.js.
type browser struct {
	in      io.WriteCloser
	command *exec.Cmd
	verbose bool

	mu    sync.Mutex
	pages map[string]*page
}

func startBrowser(tree string, verbose bool) (*browser, error) {
	// Node before 22 has no WebSocket without the flag.
	command := exec.Command("node", "--experimental-websocket", "--no-warnings", "--input-type=module", "--eval", driver, filepath.Join(tree, "client/web/hermes.js"))
	command.Stderr = os.Stderr
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	b := &browser{in: in, command: command, verbose: verbose, pages: map[string]*page{}}
	if err := command.Start(); err != nil {
		return nil, err
	}
	go b.read(out)
	return b, nil
}

func (b *browser) close() error {
	_ = b.in.Close() // ends the driver
	return b.command.Wait()
}

func (b *browser) tell(command map[string]any) error {
	line, err := json.Marshal(command)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	_, err = b.in.Write(append(line, '\n'))
	return err
}

func (b *browser) read(out io.Reader) {
	for lines := bufio.NewReaderSize(out, 1<<20); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var event pageEvent
		if err := json.Unmarshal(line, &event); err != nil {
			fmt.Fprintf(os.Stderr, "browser: %s\n", line)
			continue
		}
		b.mu.Lock()
		p := b.pages[event.Client]
		b.mu.Unlock()
		if p != nil {
			p.handle(event)
		}
	}
}

type pageEvent struct {
	Client                string
	Ready, Reset, Offline bool
	Error                 string
	Seq, Position         int64
	Data                  json.RawMessage
}

// A page is a receiver with hermes.js.
type page struct {
	*journal
	ledger     *ledger
	browser    *browser
	url, token string
	options    map[string]any
	ready      chan struct{}
	opened     bool
	cut        chan struct{} // gets a value when the page has no connection
}

func (p *page) isReady() <-chan struct{} { return p.ready }
func (p *page) log() *journal            { return p.journal }

func (p *page) handle(e pageEvent) {
	switch {
	case e.Ready:
		select {
		case <-p.ready:
		default:
			p.ledger.arrived(p.journal)
			close(p.ready)
		}
	case e.Reset:
		p.ledger.reset(p.journal)
	case e.Offline:
		select {
		case p.cut <- struct{}{}:
		default:
		}
	case e.Error != "":
		if p.browser.verbose {
			fmt.Fprintf(os.Stderr, "%s: %s\n", p.name, e.Error)
		}
	default:
		p.ledger.receive(p.journal, message{Seq: e.Seq, Data: e.Data}, false)
		p.ledger.stands(p.journal, e.Position)
	}
}

func (p *page) do(command string) {
	if err := p.browser.tell(map[string]any{"command": command, "name": p.name}); err != nil {
		p.ledger.complain(p.journal, "its browser is gone: "+err.Error())
	}
}

func (p *page) online(context.Context) {
	if p.opened {
		p.do("back")
		return
	}
	p.opened = true
	p.browser.mu.Lock()
	p.browser.pages[p.name] = p
	p.browser.mu.Unlock()
	if err := p.browser.tell(map[string]any{
		"command": "open", "name": p.name, "room": p.room, "url": p.url, "token": p.token, "options": p.options,
	}); err != nil {
		p.ledger.complain(p.journal, "its browser is gone: "+err.Error())
	}
}

func (p *page) offline() {
	p.do("cut")
	select {
	case <-p.cut:
	case <-time.After(time.Minute):
		p.ledger.complain(p.journal, "its sockets do not close")
	}
}

// reload gives the page's positions to the next page.
func (p *page) reload() { p.do("page") }
