// Package wire writes what AWS services write: errors in the protocol of the service (AWS JSON, query, REST JSON, REST
// XML, RPC v2 CBOR), with the status, headers and names that SDKs go by.
package wire
