// Package web has hermes.js for programs in Go that serve a page:
//
//	mux.Handle("GET /hermes/", http.StripPrefix("/hermes/", http.FileServerFS(web.Modules)))
package web

import "embed"

// Modules are hermes.js, the modules that it imports, and element.js.
//
//go:embed hermes.js hermes-link.js hermes-room.js hermes-subscribers.js element.js
var Modules embed.FS
