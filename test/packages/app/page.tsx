"use client";
import { useState } from "react";
import { useHub, useMessages } from "@hermes-cdk/client/react";

export function Orders({ url }: { url: string | null }) {
  const [orders, setOrders] = useState<number[]>([]);
  const { hub, state } = useHub(url ? { url, token: () => "e30.e30.c2ln", positions: undefined } : null);
  useMessages<{ id: number }>(hub, "order", (order, message) => setOrders((orders) => [...orders, order.id * (message.seq ?? 0)]));
  return (
    <section id="react" data-state={state.name}>
      {orders.join(" ")}
    </section>
  );
}
