package websocket

import (
	"bufio"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hermes-cdk/hermes/infra/local/internal/apigateway/edge"
)

func TestPostIsThrottled(t *testing.T) {
	t.Parallel()
	t.Run("by the account", func(t *testing.T) {
		t.Parallel()
		s := start(t, func(in *setup) { in.services.AccountLimits = edge.Limits{Rate: 2, Burst: 2} })
		s.dial() // takes one
		id := s.connectionID(1)
		var statuses []int
		for range 2 {
			response, _ := s.manage("POST", id, "x")
			statuses = append(statuses, response.StatusCode)
		}
		s.clock.Advance(time.Second)
		response, _ := s.manage("POST", id, "x")
		if got := fmt.Sprint(append(statuses, response.StatusCode)); got != "[200 429 200]" {
			t.Errorf("statuses %s", got)
		}
	})
	t.Run("by a client that does not read", func(t *testing.T) {
		t.Parallel()
		s := start(t, nil)
		_, reader := s.rawDial()
		quick := s.dial()
		id, quickID := s.connectionID(1), s.connectionID(2)
		body := strings.Repeat("x", 100<<10)
		sent := 0
		for {
			response, _ := s.manage("POST", id, body)
			if response.StatusCode == 429 {
				if code := response.Header.Get("X-Amzn-Errortype"); code != "LimitExceededException" {
					t.Errorf("code %q", code)
				}
				break
			}
			if sent++; sent > 1000 {
				t.Fatal("100 MB were buffered")
			}
		}
		if response, _ := s.manage("POST", quickID, "hello"); response.StatusCode != 200 || receive(t, quick) != "hello" {
			t.Error("another client suffers")
		}
		for range sent {
			readMessage(t, reader) // nothing that was accepted is lost
		}
		if response, _ := s.manage("POST", id, "again"); response.StatusCode != 200 {
			t.Errorf("once it reads again: %d", response.StatusCode)
		}
	})
}

func readMessage(t *testing.T, r *bufio.Reader) []byte {
	t.Helper()
	var all bytes.Buffer
	for {
		first, payload := readFrame(t, r)
		all.Write(payload)
		if first&0x80 != 0 {
			return all.Bytes()
		}
	}
}
