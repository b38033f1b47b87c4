import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { pack } from "../pack.mjs";

const source = (name) => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");

test("hermes.js stays under 6 KB, minified and compressed", async (t) => {
  const entry = fileURLToPath(new URL("../hermes.js", import.meta.url));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false, minify: true, format: "esm", target: "es2022" });
  const [{ contents }] = outputFiles;
  const size = gzipSync(contents, { level: 9 }).length;
  t.diagnostic(`hermes.js: ${size} bytes minified and compressed, ${contents.length} minified`);
  assert.ok(size < 6 * 1024, `${size} bytes`);
});

test("hermes.js imports nothing but the modules beside it", () => {
  const files = readdirSync(new URL("..", import.meta.url)).filter((name) => /^hermes.*\.js$/.test(name));
  assert.deepEqual(files, ["hermes-link.js", "hermes-room.js", "hermes-subscribers.js", "hermes.js"]);
  for (const name of files) {
    assert.doesNotMatch(source(name).replace(/^import \{.*\} from "\.\/hermes-\w+\.js";$/gm, ""), /^\s*import\b|\bimport\(|\brequire\(/m, name);
  }
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
