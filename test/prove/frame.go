package main

import (
	"encoding/json"
	"regexp"
	"strconv"
)

// A message as receivers see it.
type message struct {
	ID     string          `json:"id"`
	RoomID string          `json:"room_id"`
	Seq    int64           `json:"seq"`
	Data   json.RawMessage `json:"data"`
}

// A frame of the hub, with the fields of every type; the message is that of a classic one.
type frame struct {
	Type      string
	Ref       string
	Code      string
	Text      string `json:"message"`
	Epoch     string
	After     *int64
	More      bool
	Reset     bool
	Messages  []message
	Positions map[string]position
	message
}

// spans are what a frame of messages covers. One that does not say so covers the numbers of its messages.
func (f frame) spans() []span {
	if f.After != nil {
		return []span{{*f.After, f.Seq, f.Messages}}
	}
	var all []span
	for _, m := range f.Messages {
		all = append(all, span{m.Seq - 1, m.Seq, []message{m}})
	}
	return all
}

// The number of a publication in its data, in a scheduled message's subject, or in either of them within JSON text of a dead
// letter.
var numbered = regexp.MustCompile(`prove (\d+)\b`)

func textOf(n int) string { return "prove " + strconv.Itoa(n) }

// numberIn finds the number of the publication that data belongs to, -1 if there is none.
func numberIn(data []byte) int {
	if found := numbered.FindSubmatch(data); found != nil {
		if n, err := strconv.Atoi(string(found[1])); err == nil {
			return n
		}
	}
	return -1
}
