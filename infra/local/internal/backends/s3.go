package backends

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// S3Options configure StartS3.
type S3Options struct {
	// Program is what BuildS3 built.
	Program string
	// Dir keeps buckets and objects, made if missing. It must be absolute; it has no default: versitygw always stores files.
	Dir string
	// AccessKey and SecretKey are those of versitygw's root, with which every request to it must be signed.
	AccessKey, SecretKey string
}

// portTries bounds how often StartS3 looks for another port: versitygw cannot report one it chose, so a free one is
// looked up for it, and another program may be quicker.
const portTries = 3

// StartS3 starts versitygw. It returns once the peer answers, or with an error that wraps ErrNotReady and contains what the
// peer wrote.
func StartS3(ctx context.Context, o S3Options) (*Peer, error) {
	objects, meta, versions := filepath.Join(o.Dir, "buckets"), filepath.Join(o.Dir, "meta"), filepath.Join(o.Dir, "versions")
	for _, dir := range []string{objects, meta, versions} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("peers: start versitygw: %w", err)
		}
	}
	var err error
	for range portTries {
		var peer *Peer
		if peer, err = startS3(ctx, o, objects, meta, versions); err == nil {
			return peer, nil
		}
	}
	return nil, err
}

func startS3(ctx context.Context, o S3Options, objects, meta, versions string) (*Peer, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), o.Program, "127.0.0.1:"+strconv.Itoa(port), objects, meta, versions)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+o.AccessKey, "ROOT_SECRET_KEY="+o.SecretKey)
	p, err := startProcess("versitygw", cmd)
	if err != nil {
		return nil, err
	}
	p.impatient = true // its graceful end waits for every kept-alive connection
	go func() {
		defer p.reap()
		_, _ = io.Copy(io.Discard, p.stdout)
	}()
	peer := &Peer{process: p, URL: "http://127.0.0.1:" + strconv.Itoa(port)}
	ctx, cancel := context.WithTimeout(ctx, startDeadline)
	defer cancel()
	if err := peer.await(ctx, "/health"); err != nil {
		_ = p.Stop()
		return nil, err
	}
	return peer, nil
}

func freePort(ctx context.Context) (int, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("peers: free port: %w", err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}
