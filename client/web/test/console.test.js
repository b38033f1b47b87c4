import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { dollars, duration, summary } from "../console/format.js";
import { newIssuer } from "../console/mint.js";
import { signedHeaders } from "../console/sigv4.js";
import { isCaughtUp, latencyOf, percentile } from "../console/stats.js";

test("a request is signed as AWS's SDK for Go signs it", async () => {
  const headers = await signedHeaders({
    host: "127.0.0.1:4566", service: "sqs", target: "AmazonSQS.SendMessage", type: "application/x-amz-json-1.0", body: '{"QueueUrl":"q"}',
    region: "us-east-1", accessKeyId: "test", secretAccessKey: "test", now: new Date("2026-11-20T12:00:00.123Z"),
  });
  assert.equal(headers["x-amz-date"], "20261120T120000Z");
  assert.equal(headers.authorization, "AWS4-HMAC-SHA256 Credential=test/20261120/us-east-1/sqs/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=b5f695c2e4821cdc4cd5baae0c45719ae9f3e9808891bd2f731edb045b2fc469");
});

/** A Tokens table and a secret. */
function fakeAWS(key = "k".repeat(64)) {
  const aws = { rows: new Map(), conflicts: 0, key };
  aws.call = async (service, operation, input) => {
    if (operation === "GetSecretValue") return { SecretString: JSON.stringify({ signing_key: aws.key }) };
    const name = `${input.Key.user_id.S}/${input.Key.room_id.S}`;
    const row = aws.rows.get(name);
    if (operation === "GetItem") return row ? { Item: row } : {};
    const values = input.ExpressionAttributeValues;
    const holds = values[":seen"] ? row?.token.S === values[":seen"].S && Number(row.expires_at.N) <= Number(values[":end"].N) : !row;
    if (aws.conflicts-- > 0 || !holds) throw Object.assign(new Error("conflict"), { code: "ConditionalCheckFailedException" });
    aws.rows.set(name, { token: values[":token"], sealed_token: values[":sealed"], expires_at: values[":end"] });
    return {};
  };
  aws.mint = newIssuer({ aws: aws.call, table: "tokens", secretArn: "arn" });
  return aws;
}

const claimsOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));

test("a token is signed with HS512 and names user, room, factor and end", async () => {
  const aws = fakeAWS();
  const begun = Math.floor(Date.now() / 1000);
  const token = await aws.mint("ada", "lobby");
  const [head, payload, signature] = token.split(".");
  assert.deepEqual(JSON.parse(Buffer.from(head, "base64url")), { alg: "HS512", typ: "JWT" });
  assert.equal(signature, createHmac("sha512", aws.key).update(`${head}.${payload}`).digest("base64url"));
  const { user_id, room_id, token: factor, exp } = claimsOf(token);
  assert.deepEqual([user_id, room_id], ["ada", "lobby"]);
  assert.match(factor, /^[0-9a-f]{64}$/);
  assert.ok(exp >= begun + 3600 && exp <= Date.now() / 1000 + 3600);
});

test("the next token of the same user and room has the same factor, so that the first stays good", async () => {
  const aws = fakeAWS();
  const tokens = [await aws.mint("ada", "lobby"), await aws.mint("ada", "lobby"), await aws.mint("ada", "other")];
  const [a, b, c] = tokens.map((token) => claimsOf(token).token);
  assert.equal(a, b);
  assert.notEqual(a, c);
});

test("a row of another key, of another kind, or past its end is replaced", async () => {
  const aws = fakeAWS();
  const before = claimsOf(await aws.mint("ada", "lobby")).token;
  aws.key = "n".repeat(64);
  const rotated = claimsOf(await aws.mint("ada", "lobby")).token;
  assert.notEqual(rotated, before);
  aws.rows.get("ada/lobby").sealed_token = { S: "v2.what" };
  const unknown = claimsOf(await aws.mint("ada", "lobby")).token;
  assert.notEqual(unknown, rotated);
  aws.rows.get("ada/lobby").expires_at = { N: "1" };
  assert.notEqual(claimsOf(await aws.mint("ada", "lobby")).token, unknown);
});

test("somebody else's write in between makes it look again, not for ever", async () => {
  const aws = fakeAWS();
  aws.conflicts = 15;
  await aws.mint("ada", "lobby");
  aws.conflicts = 16;
  await assert.rejects(aws.mint("ada", "lobby"), { message: "the row of ada in lobby changes all the time" });
});

test("latency is by the sender's clock where the data carries it", () => {
  assert.equal(latencyOf({ time: 900, data: { sent_at: 950 } }, 1000), 50);
  assert.equal(latencyOf({ time: 900, data: null }, 1000), 100);
  assert.equal(latencyOf({ time: 1100, data: "x" }, 1000), 0, "clocks differ");
  assert.ok(Number.isNaN(latencyOf({ data: {} }, 1000)));
  assert.deepEqual([isCaughtUp(10_000), isCaughtUp(10_001), isCaughtUp(NaN)], [false, true, false]);
});

test("percentiles are by nearest rank", () => {
  const values = Array.from({ length: 100 }, (_, n) => 100 - n);
  assert.deepEqual([percentile(values, 50), percentile(values, 99), percentile([7], 99), percentile([], 50)], [50, 99, 7, null]);
});

test("figures are short and never empty", () => {
  assert.deepEqual([0, 0.0000004, 0.00042, 0.5, 12.345].map(dollars), ["$0", "$0.00000040", "$0.00042", "$0.50", "$12.35"]);
  assert.deepEqual([0.44, 23.4, 1234, NaN].map(duration), ["0.4 ms", "23 ms", "1.2 s", "–"]);
  assert.deepEqual([{ text: "hi" }, { n: 1 }, null, "x"].map(summary), ["hi", '{"n":1}', "null", '"x"']);
  assert.equal(summary({ text: "x".repeat(500) }).length, 401);
});
