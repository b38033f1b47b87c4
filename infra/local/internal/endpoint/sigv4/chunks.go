package sigv4

import (
	"bufio"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Payload hashes of S3 uploads in signed chunks
// (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html).
const (
	SignedChunks        = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	SignedChunksTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
)

const (
	chunkAlgorithm = "AWS4-HMAC-SHA256-PAYLOAD"
	maxChunk       = 16 << 20 // SDKs send 64 KB to 1 MB
	maxChunkLine   = 4096
)

const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// A chunkReader reads the content of a chunked body, each chunk only after its signature has been verified.
type chunkReader struct {
	in       *bufio.Reader
	key      *signingKey
	prefix   string // of every string to sign: algorithm, time, scope
	previous string // signature of the chunk before, at first of the request
	chunk    []byte
	pending  []byte // of chunk, not read yet
	scratch  []byte
	err      error
}

// ReadChunks returns the content of the body of a verified request whose payload hash is SignedChunks or SignedChunksTrailer.
// Its Read fails with a *Error, ErrChunk, at a chunk that is malformed or altered. A trailer is dropped: the chunk signatures
// protect the same bytes as its checksum.
func (v *Verifier) ReadChunks(r *http.Request, s *Signed, secret Secret) io.Reader {
	return &chunkReader{
		in:       bufio.NewReaderSize(r.Body, maxChunkLine),
		key:      v.key(s, secret),
		prefix:   chunkAlgorithm + "\n" + s.Time + "\n" + string(appendScope(nil, s)) + "\n",
		previous: s.Signature,
	}
}

// Read implements io.Reader.
func (c *chunkReader) Read(p []byte) (int, error) {
	for len(c.pending) == 0 {
		if c.err != nil {
			return 0, c.err
		}
		c.err = c.next()
	}
	n := copy(p, c.pending)
	c.pending = c.pending[n:]
	return n, nil
}

// next reads a chunk; io.EOF after the last, empty one.
func (c *chunkReader) next() error {
	size, signature, err := c.readHead()
	if err != nil {
		return err
	}
	if cap(c.chunk) < size {
		c.chunk = make([]byte, size)
	}
	c.chunk = c.chunk[:size]
	if _, err := io.ReadFull(c.in, c.chunk); err != nil {
		return chunkError("The body ends inside a chunk.")
	}
	if err := c.verify(signature); err != nil {
		return err
	}
	if size == 0 {
		_, _ = io.Copy(io.Discard, c.in)
		return io.EOF
	}
	if end, err := c.in.Peek(2); err != nil || string(end) != "\r\n" {
		return chunkError("A chunk does not end with a line break.")
	}
	_, _ = c.in.Discard(2)
	c.pending = c.chunk
	return nil
}

// readHead reads a line "<hexadecimal size>;chunk-signature=<signature>".
func (c *chunkReader) readHead() (size int, signature string, err error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, "", chunkError("The body ends before its last chunk.")
	}
	digits, extension, _ := strings.Cut(strings.TrimRight(string(line), "\r\n"), ";")
	n, err := strconv.ParseInt(digits, 16, 64)
	if err != nil || n < 0 || n > maxChunk {
		return 0, "", chunkError("The size of a chunk is malformed or above 16 MB.")
	}
	signature, ok := strings.CutPrefix(extension, "chunk-signature=")
	if !ok {
		return 0, "", chunkError("A chunk has no signature.")
	}
	return int(n), signature, nil
}

func (c *chunkReader) verify(signature string) error {
	hash := sha256.Sum256(c.chunk)
	text := c.prefix + c.previous + "\n" + emptyHash + "\n" + hex.EncodeToString(hash[:])
	var want [sha256.Size]byte
	want, c.scratch = c.key.sign(c.scratch, []byte(text))
	if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(want[:])), []byte(signature)) != 1 {
		return chunkError("The chunk signature we calculated does not match the signature you provided.")
	}
	c.previous = signature
	return nil
}

func chunkError(message string) error {
	return errors.Join(newError(ErrChunk, message), io.ErrUnexpectedEOF)
}
