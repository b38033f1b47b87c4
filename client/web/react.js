"use client";
// React hooks over hermes.js.
//
//   const { hub, state } = useHub({ url, token: () => fetch("/hub-token").then((r) => r.text()) });
//   useMessages(hub, "order", (order) => setOrders((orders) => [...orders, order]));
//
// On a server nothing is opened: the state is connecting.
import { useCallback, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import { connect } from "./hermes.js";

const CONNECTING = { name: "connecting" };

// Layout effects run in the task that opens the connection, so that subscriptions are there before any message. React 18 warns of
// them on a server, where none runs.
const useEffectAtOnce = typeof document === "undefined" ? useEffect : useLayoutEffect;

/** Opens a connection while the component is mounted, another one when the url changes, and none without options. */
export function useHub(options) {
  const [hub, setHub] = useState(null);
  const latest = useLatest(options);
  const url = options ? String(options.url) : "";
  useEffectAtOnce(() => {
    if (!url) return;
    const call = (name) => (value) => latest.current?.[name]?.(value);
    const { token, onerror } = latest.current;
    const opened = connect({
      ...latest.current,
      ...(typeof token === "function" && { token: () => latest.current?.token?.() }),
      onstate: call("onstate"),
      onwelcome: call("onwelcome"),
      onreset: call("onreset"),
      ...(onerror && { onerror: call("onerror") }), // without one, hermes.js warns
    });
    setHub(opened);
    return () => {
      opened.close();
      setHub(null);
    };
  }, [url]);
  const watch = useCallback((changed) => hub?.watch(changed) ?? (() => {}), [hub]);
  const state = useSyncExternalStore(watch, () => hub?.state ?? CONNECTING, () => CONNECTING);
  return { hub, state };
}

/** Calls back for each message of a type while the component is mounted; see Connection.subscribe. */
export function useMessages(hub, type, callback) {
  const latest = useLatest(callback);
  useEffectAtOnce(() => hub?.subscribe(type, (data, message) => latest.current(data, message)), [hub, type]);
}

/** The value of the last render, for what is called later. */
function useLatest(value) {
  const latest = useRef(value);
  useEffectAtOnce(() => {
    latest.current = value;
  });
  return latest;
}
