// The local stage as a child process, with state of its own that outlives a restart.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { signedHeaders } from "../../client/web/console/sigv4.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const READY_WITHIN = 180_000; // it compiles and synthesizes first

/** Builds the local stage and starts it on a free port, for the CDK app of a folder of the repository. */
export async function startStage(folder = ".") {
  const dir = mkdtempSync(join(tmpdir(), "hermes-browser-"));
  const stage = new Stage(dir, await freePort(), join(ROOT, folder));
  try {
    execFileSync("go", ["build", "-o", stage.program, "./infra/local"], { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });
    await stage.start([]);
    stage.outputs = Object.assign({}, ...Object.values(JSON.parse(readFileSync(join(stage.data, "outputs.json"), "utf8"))));
  } catch (error) {
    await stage.end();
    throw error;
  }
  return stage;
}

class Stage {
  #child = null;
  #said = "";

  constructor(dir, port, app) {
    this.dir = dir;
    this.app = app;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.program = join(dir, "local");
    this.data = join(dir, "data");
  }

  /** Runs it until it is ready. */
  async start(more) {
    this.#said = "";
    const child = spawn(this.program, ["-port", String(this.port), "-data", this.data, ...more], { cwd: this.app });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (this.#said = (this.#said + text).slice(-20_000)));
    const deadline = Date.now() + READY_WITHIN;
    while (!(await this.isReady())) {
      if (child.exitCode !== null) throw new Error(`the stage ended:\n${this.#said}`);
      if (Date.now() > deadline) throw new Error(`the stage is not ready:\n${this.#said}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async isReady() {
    try {
      return (await fetch(`${this.url}/_local/health`)).ok;
    } catch {
      return false;
    }
  }

  /** Ends it as Ctrl-C does. */
  async stop() {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  }

  /** Starts it again as it was, without synthesizing. The console's files are not served then. */
  again() {
    return this.start(["-assembly", join(this.data, "cdk.out")]);
  }

  async end() {
    await this.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  async control(method, path, body) {
    const answer = await fetch(`${this.url}/_local/${path}`, { method, body: body && JSON.stringify(body), headers: body && { "content-type": "application/json" } });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    const text = await answer.text();
    return text ? JSON.parse(text) : null;
  }

  /** A token as the Go package client issues it. */
  issue(user, room) {
    const flags = ["-outputs", join(this.data, "outputs.json"), "-endpoint", this.url, "-user", user, "-room", room];
    return execFileSync("go", ["run", "./infra/token", ...flags], { cwd: ROOT, stdio: ["ignore", "pipe", "ignore"], encoding: "utf8" }).trim();
  }

  /** Publishes as a backend does; text goes as it is. */
  async publish(publication) {
    const body = JSON.stringify({ QueueUrl: this.outputs.QueueUrl, MessageBody: typeof publication === "string" ? publication : JSON.stringify(publication) });
    const headers = await signedHeaders({
      host: `127.0.0.1:${this.port}`, service: "sqs", target: "AmazonSQS.SendMessage", type: "application/x-amz-json-1.0", body,
      region: "us-east-1", accessKeyId: "test", secretAccessKey: "test",
    });
    const answer = await fetch(this.url, { method: "POST", headers, body });
    if (!answer.ok) throw new Error(`SendMessage: ${answer.status} ${await answer.text()}`);
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
