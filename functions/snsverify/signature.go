package snsverify

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // SNS's signature version 1 is SHA-1; WithMinVersion(2) refuses it
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"sync"
)

// signedFields gives, for each type, the fields that its signature covers in their order.
// https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
var signedFields = map[string][]field{
	string(TypeNotification): {
		fieldMessage, fieldMessageID, fieldSubject, fieldTimestamp, fieldTopicARN, fieldType,
	},
	string(TypeSubscriptionConfirmation): confirmationFields,
	string(TypeUnsubscribeConfirmation):  confirmationFields,
}

var confirmationFields = []field{
	fieldMessage, fieldMessageID, fieldSubscribeURL, fieldTimestamp, fieldToken, fieldTopicARN, fieldType,
}

// appendStringToSign appends each signed field that is present as "Name\nvalue\n": the value as JSON-unescaped, the
// Timestamp as the text that arrived.
func (e *envelope) appendStringToSign(b []byte) []byte {
	for _, f := range signedFields[e.value[fieldType]] {
		if !e.present.has(f) {
			continue
		}
		b = append(b, names[f][0]...)
		b = append(b, '\n')
		b = append(b, e.value[f]...)
		b = append(b, '\n')
	}
	return b
}

// buffers pools the memory of the strings to sign.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// maxKeptBuffer bounds a pooled buffer, so that one large message does not keep its memory.
const maxKeptBuffer = 64 << 10

// version reads SignatureVersion.
func (e *envelope) version() (int, error) {
	switch e.value[fieldSignatureVersion] {
	case "1":
		return 1, nil
	case "2":
		return 2, nil
	}
	return 0, fmt.Errorf("%w: unknown SignatureVersion %.40q", ErrVersion, e.value[fieldSignatureVersion])
}

// verifySignature checks the signature of the given version: RSA PKCS #1 v1.5 over SHA-1 or SHA-256.
func (e *envelope) verifySignature(key *rsa.PublicKey, version int) error {
	// Strict refuses spare bits; the decoder skips \r, so the text must also have its exact length.
	text := e.value[fieldSignature]
	if len(text) != base64.StdEncoding.EncodedLen(key.Size()) {
		return fmt.Errorf("%w: a Signature of %d characters for a key of %d bits", ErrSignature, len(text), key.N.BitLen())
	}
	var array [maxKeyBits / 8]byte
	signature, err := base64.StdEncoding.Strict().AppendDecode(array[:0], []byte(text))
	if err != nil {
		return fmt.Errorf("%w: Signature is not base64: %w", ErrSignature, err)
	}

	buffer := buffers.Get().(*[]byte)
	defer func() {
		if cap(*buffer) <= maxKeptBuffer {
			buffers.Put(buffer)
		}
	}()
	*buffer = e.appendStringToSign((*buffer)[:0])
	if err := verifyPKCS1v15(key, version, *buffer, signature); err != nil {
		return fmt.Errorf("%w: %w", ErrSignature, err)
	}
	return nil
}

func verifyPKCS1v15(key *rsa.PublicKey, version int, signed, signature []byte) error {
	if version == 1 {
		digest := sha1.Sum(signed) //nolint:gosec // see the import
		return rsa.VerifyPKCS1v15(key, crypto.SHA1, digest[:], signature)
	}
	digest := sha256.Sum256(signed)
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature)
}
