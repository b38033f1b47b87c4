// Two people, side by side: each connects, sends and receives as a page of an application would.
import { h } from "../dom.js";
import { newPane } from "./pane.js";

export const people = {
  id: "people",
  title: "Two people",
  hint: "Connect both, then write. Give them different rooms and they no longer hear each other.",
  mount(body, app) {
    app.demo.panes = [
      newPane(app, { title: "First person", user: "ada", room: "lobby" }),
      newPane(app, { title: "Second person", user: "grace", room: "lobby" }),
    ];
    body.append(h("div", { class: "panes" }, ...app.demo.panes.map(({ element }) => element)));
  },
};
