// Installs and compiles what `make run` needs and is not there yet, and says how far it is.
//
//   node infra/start/prepare.mjs PROGRAM    PROGRAM is where to put the local stage's
//
// The first time, everything is compiled by one go command, which shares packages between the CDK app, the functions and the
// local stage and keeps every processor busy. Nothing is linked here but PROGRAM: `go run ./infra` and gobundle do the rest.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Progress } from "./progress.mjs";

process.chdir(fileURLToPath(new URL("../..", import.meta.url)));
const program = process.argv[2];
const first = !existsSync(program);
const progress = new Progress(first ? "about 2 minutes the first time" : "");
const running = new Set();

// The compiler collects its garbage less often: a quarter less work for some hundred megabytes more.
process.env.GOGC ??= "400";

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, async () => {
    await end();
    process.exit(130);
  });
}

try {
  await Promise.all([installPackages(), first && compile()]);
  await link();
  progress.stop();
} catch (err) {
  await end();
  console.error(`make run: ${err.message}`);
  process.exit(1);
}

/** Runs a command in a process group of its own, so that its children end with it; resolves with what it printed. */
function run(command, args, onLine = () => {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    let stdout = "", stderr = "", line = "";
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
      const lines = (line + chunk).split("\n");
      line = lines.pop();
      lines.forEach(onLine);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      running.delete(child);
      if (code === 0) resolve(stdout);
      else reject(new Error(stderr.trim()));
    });
  });
}

/** Ends what runs. On SIGINT, go and npm remove what they have begun. */
async function end() {
  progress.stop();
  const gone = [...running].map((child) => new Promise((resolve) => child.once("close", resolve)));
  const kill = (signal) => {
    for (const child of running) {
      try {
        process.kill(-child.pid, signal);
      } catch {
        // it has ended by itself
      }
    }
  };
  kill("SIGINT");
  setTimeout(() => kill("SIGKILL"), 3000).unref();
  await Promise.all(gone);
}

/** One line of a failed download, and what to do about it; undefined where something else failed. */
function unreachable(text) {
  const cause = text.split("\n").find((line) => /dial tcp|no such host|i\/o timeout|proxyconnect|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN/.test(line));
  return cause && new Error(`cannot download (${cause.trim()}): check the network and the proxy, then run it again`);
}

/** The packages of the data services; those of tests are left to `make test`, which wants .package-lock.json to be new. */
async function installPackages() {
  const full = "node_modules/.package-lock.json", ours = "node_modules/.run-lock";
  const lock = statSync("package-lock.json").mtimeMs;
  if ([full, ours].some((stamp) => existsSync(stamp) && statSync(stamp).mtimeMs >= lock)) return;
  const task = progress.task("npm packages");
  const had = existsSync("node_modules");
  try {
    await run("npm", ["ci", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"]);
  } catch (err) {
    if (!had) rmSync("node_modules", { recursive: true, force: true });
    throw unreachable(err.message) ?? new Error(`npm ci failed:\n${err.message}`);
  }
  writeFileSync(ours, "");
  utimesSync(full, 0, 0);
  task.done();
}

/** Compiles every package into Go's cache, those of the CDK first: they take longest, and nothing waits for the others. */
async function compile() {
  const task = progress.task("Go");
  const programs = ["./infra", "./infra/local", "./infra/token", ...functions()];
  let modules = 0, compiled = 0;
  const packages = await go(["list", "-tags", "lambda.norpc", "-deps", ...programs], (line) => {
    if (line.startsWith("go: downloading")) task.says(`downloading Go modules: ${++modules}, ${line.split(" ")[2]}`);
  });
  const total = packages.trim().split("\n").length;
  await go(["list", "-tags", "lambda.norpc", "-export", "-v", ...programs], (name) => {
    if (!name.startsWith("#")) task.says(`compiling Go packages: ${++compiled} of ${total}, ${name}`);
  });
  task.done();
}

async function link() {
  const task = progress.task("compiling the local stage");
  mkdirSync(dirname(program), { recursive: true });
  await go(["build", "-o", program, "./infra/local"]);
  task.done();
}

async function go(args, onLine) {
  try {
    return await run("go", args, onLine);
  } catch (err) {
    throw unreachable(err.message) ?? new Error(`go ${args[0]} failed:\n${err.message}`);
  }
}

/** The folders of the functions' programs. */
function functions() {
  const folders = (at) => readdirSync(at, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => `${at}/${entry.name}`);
  return folders("./functions").flatMap(folders).filter((folder) => existsSync(`${folder}/main.go`));
}
