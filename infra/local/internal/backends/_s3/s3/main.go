// Command s3 serves S3 from a folder: versitygw with its POSIX backend, and nothing else of it.
//
//	ROOT_ACCESS_KEY=.. ROOT_SECRET_KEY=.. s3 ADDRESS OBJECTS METADATA VERSIONS
//
// It ends when its standard input does.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: s3 ADDRESS OBJECTS METADATA VERSIONS")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	ctx, leave := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		leave()
	}()
	if err := serve(ctx, os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve keeps metadata beside the objects rather than in extended attributes, which not every file system has.
func serve(ctx context.Context, address, objects, metadata, versions string) error {
	store, err := meta.NewSideCar(metadata)
	if err != nil {
		return err
	}
	files, err := posix.New(objects, store, posix.PosixOpts{SideCarDir: metadata, VersioningDir: versions})
	if err != nil {
		return err
	}
	return embedgw.RunVersityGW(ctx, files, &embedgw.Config{
		RootUserAccess: os.Getenv("ROOT_ACCESS_KEY"), RootUserSecret: os.Getenv("ROOT_SECRET_KEY"),
		Ports: []string{address}, HealthPath: "/health", KeepAlive: true, Quiet: true,
		MaxConnections: 250000, MaxRequests: 100000, MultipartMaxParts: 10000,
	})
}
