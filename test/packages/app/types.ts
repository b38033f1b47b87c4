// What the types accept and refuse, under exactOptionalPropertyTypes.
import { connect, type Connection, type Options, type Position } from "@hermes-cdk/client";
import { useHub, useMessages } from "@hermes-cdk/client/react";
import type { HermesHub } from "@hermes-cdk/client/element";

const needed = { url: "wss://push.example.com", token: "t" };
declare const kept: Record<string, Position> | undefined;

connect(needed);
connect({ ...needed, positions: undefined });
connect({ ...needed, positions: kept });
const every: Required<{ [K in keyof Omit<Options, "url" | "token">]: undefined }> = {
  transport: undefined, onstate: undefined, onwelcome: undefined, onreset: undefined, onerror: undefined, positions: undefined, order: undefined,
  gap: undefined, life: undefined, queue: undefined, base: undefined, cap: undefined, attempts: undefined, refusals: undefined,
  probe: undefined, WebSocket: undefined, random: undefined,
};
const hub: Connection = connect({ ...needed, ...every });
void hub.send({}, { room: undefined, id: undefined });
useHub(undefined);
useMessages<{ id: number }>(hub, "order", (order) => order.id.toFixed());
declare const element: HermesHub;
element.token = undefined;
element.addEventListener("state", ({ detail }) => detail.name === "closed" && detail.why);

// @ts-expect-error: a position has an epoch
connect({ ...needed, positions: { lobby: { seq: 1 } } });
// @ts-expect-error: the token is needed
connect({ url: needed.url });
// @ts-expect-error: a connection of the hook may be missing
useHub(null).hub.close();
