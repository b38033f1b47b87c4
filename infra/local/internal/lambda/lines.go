package lambda

// platform sends a line of Lambda's own to the sink.
func (s *Supervisor) platform(e *entry, requestID, text string) {
	s.cfg.Sink(Line{Function: e.function.Name, RequestID: requestID, Stream: "platform", Time: s.cfg.Clock.Now(), Text: []byte(text)})
}

// emit sends a line of the function's output to the sink.
func (s *Supervisor) emit(i *instance, stream string, text []byte) {
	line := Line{Function: i.entry.function.Name, Stream: stream, Time: s.cfg.Clock.Now(), Text: text}
	if id := i.requestID.Load(); id != nil {
		line.RequestID = *id
	}
	s.cfg.Sink(line)
}
