// Drives hermes.js: commands come as JSON lines, what its applications get goes out as JSON lines. The last argument is the
// path of hermes.js.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { connect } = await import(pathToFileURL(process.argv.at(-1)));
const clients = new Map();

class Client {
  sockets = new Set();
  offline = false;

  constructor({ name, room, url, token, options }) {
    Object.assign(this, { name, room });
    const client = this;
    this.options = {
      ...options,
      url,
      token,
      base: 100,
      cap: 500,
      refusals: 1000,
      probe: () => !this.offline,
      onreset: () => this.say({ reset: true }),
      onerror: (error) => this.say({ error: `${error.code}: ${error.message}` }),
      onwelcome: () => setTimeout(() => this.say({ ready: true })),
      WebSocket: class extends WebSocket {
        constructor(url, protocols) {
          super(client.offline ? "ws://127.0.0.1:9" : url, protocols); // nobody listens there
          client.sockets.add(this);
          this.addEventListener("close", () => client.sockets.delete(this));
          // Node before 22 has no close event for a handshake that failed.
          this.addEventListener("error", () => setTimeout(() => client.sockets.has(this) && this.dispatchEvent(new Event("close"))));
        }
      },
    };
    this.open();
  }

  open(positions = this.options.positions) {
    this.hub = connect({ ...this.options, positions });
    const { hub } = this;
    // Once its position has moved, too.
    hub.subscribe("*", (data, { seq }) => queueMicrotask(() => this.say({ seq, data, position: hub.positions[this.room]?.seq })));
  }

  say(event) {
    process.stdout.write(`${JSON.stringify({ client: this.name, ...event })}\n`);
  }

  /** The network goes away: at once, which a closing handshake is not. */
  cut() {
    this.offline = true;
    for (const socket of this.sockets) {
      socket.dispatchEvent(new Event("close"));
      socket.close();
    }
    this.say({ offline: true });
  }

  back() {
    this.offline = false;
  }

  /** The page is loaded again, with the positions that it has stored. */
  page() {
    const { positions } = this.hub;
    this.hub.close();
    this.open(positions);
  }

  close() {
    this.hub.close();
    clients.delete(this.name);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...rest } = JSON.parse(line);
  if (command === "open") clients.set(rest.name, new Client(rest));
  else clients.get(rest.name)?.[command]();
}
process.exit();
