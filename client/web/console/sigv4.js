// AWS Signature Version 4 for the JSON and query services, by WebCrypto.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

const utf8 = new TextEncoder();
const hex = (bytes) => Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, "0")).join("");
const hash = async (text) => hex(await crypto.subtle.digest("SHA-256", utf8.encode(text)));

/** HMAC of text under a key (bytes or text); hash is as WebCrypto names it. */
export async function hmac(key, text, hashName = "SHA-256") {
  const raw = typeof key === "string" ? utf8.encode(key) : key;
  const imported = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: hashName }, false, ["sign"]);
  return crypto.subtle.sign("HMAC", imported, utf8.encode(text));
}

/** The headers of a POST to the root of an endpoint whose host is `host`. Query services have no `target`. */
export async function signedHeaders({ host, service, target, type, body, region, accessKeyId, secretAccessKey, now = new Date() }) {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${stamp.slice(0, 8)}/${region}/${service}/aws4_request`;
  const signed = { "content-type": type, host, "x-amz-date": stamp, ...(target && { "x-amz-target": target }) };
  const names = Object.keys(signed).join(";");
  const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}`);
  const canonical = ["POST", "/", "", ...lines, "", names, await hash(body)];
  let key = `AWS4${secretAccessKey}`;
  for (const part of scope.split("/")) key = await hmac(key, part);
  const signature = hex(await hmac(key, ["AWS4-HMAC-SHA256", stamp, scope, await hash(canonical.join("\n"))].join("\n")));
  return {
    "content-type": type,
    "x-amz-date": stamp,
    ...(target && { "x-amz-target": target }),
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}
