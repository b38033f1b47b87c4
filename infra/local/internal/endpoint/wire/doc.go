// Package wire writes responses and errors in the protocol of a service (AWS JSON, query, REST JSON, REST XML, RPC v2 CBOR),
// with the status, headers and names that SDKs rely on.
package wire
