// Mints tokens in the browser, as the Go package client does for backends: only on the local stage, where anybody may
// read the signing secret. It keeps to the client's rows of the Tokens table, so that tokens of both live side by side.
import { hmac } from "./sigv4.js";

const LIFE = 3600; // seconds
const GROUP_LIFE = 300; // seconds; short, so that a rotated secret is soon used
const ROUNDS = 16; // writers that come between

const utf8 = new TextEncoder();
const bytes = (buffer) => Array.from(new Uint8Array(buffer));
const hex = (buffer) => bytes(buffer).map((b) => b.toString(16).padStart(2, "0")).join("");
const base64url = (buffer) => btoa(String.fromCharCode(...bytes(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const fromBase64url = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** Makes an issuer. `aws(service, operation, input)` calls AWS; `table` and `secretArn` are outputs of the stack. */
export function newIssuer({ aws, table, secretArn }) {
  return async function mint(user, room) {
    const { SecretString } = await aws("secretsmanager", "GetSecretValue", { SecretId: secretArn });
    const keys = JSON.parse(SecretString);
    const end = Math.floor(Date.now() / 1000) + LIFE;
    for (let round = 0; round < ROUNDS; round++) {
      const factor = await settle({ aws, table, key: keys.signing_key, user, room, end });
      if (factor) return sign(keys.signing_key, { user_id: user, room_id: room, token: factor, exp: end });
    }
    throw new Error(`the row of ${user} in ${room} changes all the time`);
  };
}

/** Makes an issuer of tokens for the scheduler's API, each for one group. `secretArn` is an output of the stack. */
export function newGroupIssuer({ aws, secretArn }) {
  const kept = new Map();
  return async function mint(group) {
    const now = Math.floor(Date.now() / 1000);
    if (kept.get(group)?.end > now + 60) return kept.get(group).token;
    const { SecretString } = await aws("secretsmanager", "GetSecretValue", { SecretId: secretArn });
    const end = now + GROUP_LIFE;
    const token = await sign(JSON.parse(SecretString).signing_key, { groups: [group], exp: end });
    kept.set(group, { token, end });
    return token;
  };
}

/** Makes the row serve a token until `end` and gives its second factor; null if somebody else wrote meanwhile. */
async function settle({ aws, table, key, user, room, end }) {
  const Key = { user_id: { S: user }, room_id: { S: room } };
  const { Item: row } = await aws("dynamodb", "GetItem", { TableName: table, Key, ConsistentRead: true });
  const kept = row && Number(row.expires_at?.N ?? Infinity) > Date.now() / 1000 ? await reuse(row, key, user, room) : "";
  const factor = kept || hex(random(32));
  const until = Math.max(end, Number(row?.expires_at?.N ?? 0));
  const values = {
    ":token": { S: `sha256:${hex(await crypto.subtle.digest("SHA-256", utf8.encode(factor)))}` },
    ":sealed": kept ? row.sealed_token : { S: await seal(key, user, room, factor) },
    ":end": { N: String(until) },
  };
  if (row) values[":seen"] = row.token;
  try {
    await aws("dynamodb", "UpdateItem", {
      TableName: table,
      Key,
      UpdateExpression: "SET #token = :token, #sealed = :sealed, #end = :end",
      ConditionExpression: row ? "#token = :seen AND #end <= :end" : "attribute_not_exists(#token)",
      ExpressionAttributeNames: { "#token": "token", "#sealed": "sealed_token", "#end": "expires_at" },
      ExpressionAttributeValues: values,
    });
  } catch (error) {
    if (error.code === "ConditionalCheckFailedException") return null;
    throw error;
  }
  return factor;
}

/** The factor of a row that an issuer sealed under this key; "" if it is another's. */
async function reuse(row, key, user, room) {
  const sealed = row.sealed_token?.S ?? "";
  if (!sealed.startsWith("v1.")) return "";
  try {
    const raw = fromBase64url(sealed.slice(3));
    const plain = await crypto.subtle.decrypt(gcm(raw.slice(0, 12), user, room), await sealKey(key), raw.slice(12));
    return new TextDecoder().decode(plain);
  } catch {
    return "";
  }
}

async function seal(key, user, room, factor) {
  const nonce = random(12);
  const cipher = await crypto.subtle.encrypt(gcm(nonce, user, room), await sealKey(key), utf8.encode(factor));
  return `v1.${base64url(Uint8Array.from([...nonce, ...bytes(cipher)]))}`;
}

async function sealKey(key) {
  const secret = await crypto.subtle.importKey("raw", utf8.encode(key), "HKDF", false, ["deriveKey"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8.encode("hermes token v1") };
  return crypto.subtle.deriveKey(derivation, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** Binds a sealed factor to its row; the length in front keeps ("ab", "c") and ("a", "bc") apart. */
function gcm(iv, user, room) {
  const name = utf8.encode(user);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, name.length);
  return { name: "AES-GCM", iv, additionalData: Uint8Array.from([...length, ...name, ...utf8.encode(room)]) };
}

async function sign(key, claims) {
  const text = [{ alg: "HS512", typ: "JWT" }, claims].map((part) => base64url(utf8.encode(JSON.stringify(part)))).join(".");
  return `${text}.${base64url(await hmac(key, text, "SHA-512"))}`;
}
