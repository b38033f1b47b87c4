import { StrictMode } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import "@hermes-cdk/client/element";
import { connect } from "@hermes-cdk/client";
import { Orders } from "./page";

const url = "wss://push.example.com";
const page = document.getElementById("page")!;
const app = (
  <StrictMode>
    <Orders url={url} />
  </StrictMode>
);
if (page.firstElementChild) hydrateRoot(page, app);
else createRoot(page).render(app);

const element = document.querySelector("hermes-hub")!;
element.token = "e30.e30.c2ln";
element.addEventListener("message", ({ detail }) => {
  document.getElementById("element")!.textContent += `${detail.message.user_id}: ${detail.data.id}`;
});

const hub = connect({ url, token: "e30.e30.c2ln" });
hub.subscribe<{ id: number }>("order", (order) => {
  document.getElementById("plain")!.textContent += `${order.id}`;
  hub.send({ type: "note" }).then(() => (document.getElementById("sent")!.textContent = "accepted"));
});
