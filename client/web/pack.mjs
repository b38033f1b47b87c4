// Puts the console together as it is served, for a bucket: node client/web/pack.mjs OUT [config.json's content]
//
//   OUT/           the files of console/
//   OUT/lib/       hermes.js and the modules that it imports
//   OUT/vendor/    uPlot, pinned by package.json
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));

/** Writes the folder `out`. `config` is the content of config.json: {"stage", "webSocketUrl"}. */
export function pack(out, config) {
  const uplot = dirname(createRequire(import.meta.url).resolve("uplot"));
  mkdirSync(out, { recursive: true });
  cpSync(join(HERE, "console"), out, { recursive: true });
  for (const name of readdirSync(HERE).filter((name) => /^hermes.*\.js$/.test(name))) cpSync(join(HERE, name), join(out, "lib", name));
  for (const name of ["uPlot.esm.js", "uPlot.min.css"]) cpSync(join(uplot, name), join(out, "vendor", name));
  if (config) writeFileSync(join(out, "config.json"), `${config}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [out, config] = process.argv.slice(2);
  if (!out) {
    console.error("usage: node client/web/pack.mjs OUT ['{\"stage\":\"prod\",\"webSocketUrl\":\"wss://...\"}']");
    process.exit(2);
  }
  if (config) JSON.parse(config);
  pack(out, config);
}
