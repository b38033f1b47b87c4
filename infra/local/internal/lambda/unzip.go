package lambda

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxUnzipped is AWS's quota for the unpacked code of a function, in bytes.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const maxUnzipped = 250 * 1024 * 1024

// unzip unpacks archive into the new folder target. Paths out of it, and links, are refused.
func unzip(target, archive string) error {
	reader, err := zip.OpenReader(archive)
	if err != nil {
		return fmt.Errorf("unzip %s: %w", archive, err)
	}
	defer reader.Close()
	left := int64(maxUnzipped)
	for _, entry := range reader.File {
		if !filepath.IsLocal(entry.Name) {
			return fmt.Errorf("unzip %s: entry %q leads out of the folder", archive, entry.Name)
		}
		path := filepath.Join(target, entry.Name)
		mode := entry.Mode()
		switch {
		case mode.IsDir():
			err = os.MkdirAll(path, 0o755)
		case mode.IsRegular():
			err = unzipFile(path, entry, &left)
		default:
			err = fmt.Errorf("entry %q is neither file nor folder", entry.Name)
		}
		if err != nil {
			return fmt.Errorf("unzip %s: %w", archive, err)
		}
	}
	return nil
}

// unzipFile unpacks one entry and subtracts its size from left.
func unzipFile(path string, entry *zip.File, left *int64) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	content, err := entry.Open()
	if err != nil {
		return err
	}
	defer content.Close()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600|entry.Mode().Perm())
	if err != nil {
		return err
	}
	n, err := io.Copy(file, io.LimitReader(content, *left+1))
	if closed := file.Close(); err == nil {
		err = closed
	}
	if *left -= n; *left < 0 {
		return fmt.Errorf("more than %d bytes unpacked", maxUnzipped)
	}
	return err
}
