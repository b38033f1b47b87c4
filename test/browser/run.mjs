// Runs the tests in a real browser: node test/browser/run.mjs. Where there is none it says so, which in CI is a failure.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { findChromium } from "./chromium.mjs";

if (!findChromium()) {
  console.log("browser tests did not run: no Chromium on this machine; apt-get install chromium");
  process.exit(process.env.CI === "true" ? 1 : 0);
}
const files = ["browser.test.mjs", "example.test.mjs"].map((name) => fileURLToPath(new URL(name, import.meta.url)));
// A test that failed may leave something running: --test-force-exit ends it.
const reporter = process.stdout.isTTY ? "spec" : "tap";
const { status } = spawnSync(process.execPath, ["--test", "--test-force-exit", "--test-concurrency=1", `--test-reporter=${reporter}`, ...process.argv.slice(2), ...files], { stdio: "inherit" });
process.exit(status ?? 1);
