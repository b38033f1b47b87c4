package lambda

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/lineage"
)

// newTraceHeader makes an X-Ray header.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
func newTraceHeader(now time.Time, sampled bool, chain lineage.Lineage) string {
	flag := 0
	if sampled {
		flag = 1
	}
	return fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=%d;%s", uint32(now.Unix()), randomHex(12), randomHex(8), flag, chain)
}

// newLogStream names a stream as Lambda does, one for each instance.
func newLogStream(now time.Time, version string) string {
	return now.UTC().Format("2006/01/02/") + "[" + version + "]" + randomHex(16)
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}
