import { renderToString } from "react-dom/server";
import { connect } from "@hermes-cdk/client";
import { HermesHub } from "@hermes-cdk/client/element";
import { Orders } from "./page";

export const html = renderToString(<Orders url="wss://push.example.com" />);
export const names = [typeof connect, typeof HermesHub];
