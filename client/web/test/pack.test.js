import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { transform } from "esbuild";
import { pack } from "../pack.mjs";

const source = (name) => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");

test("hermes.js stays under 6 KB, minified and compressed", async (t) => {
  const { code } = await transform(source("hermes.js"), { minify: true, format: "esm", target: "es2022" });
  const size = gzipSync(code, { level: 9 }).length;
  t.diagnostic(`hermes.js: ${size} bytes minified and compressed, ${code.length} minified`);
  assert.ok(size < 6 * 1024, `${size} bytes`);
});

test("hermes.js imports nothing", () => {
  assert.doesNotMatch(source("hermes.js"), /^\s*import\b|\bimport\(|\brequire\(/m);
});

test("the packed console holds all that its files ask for, and nothing from elsewhere", (t) => {
  const out = mkdtempSync(join(tmpdir(), "hermes-pack-"));
  t.after(() => rmSync(out, { recursive: true }));
  pack(out, '{"stage":"prod","webSocketUrl":"wss://push.example.com"}');
  assert.deepEqual(JSON.parse(readFileSync(join(out, "config.json"), "utf8")), { stage: "prod", webSocketUrl: "wss://push.example.com" });
  const files = readdirSync(out, { recursive: true }).filter((name) => /\.(html|js|css)$/.test(name) && !name.startsWith("vendor"));
  assert.ok(files.includes("index.html") && files.includes(join("panels", "index.js")));
  let references = 0;
  for (const name of files) {
    for (const [, reference] of readFileSync(join(out, name), "utf8").matchAll(/(?:^import .*from |(?:src|href)=)"(?!#)([^"]+)"/gm)) {
      assert.ok(existsSync(join(out, dirname(name), reference)), `${name} asks for ${reference}`);
      references++;
    }
  }
  assert.ok(references > 40, `${references} references`);
});
