// A short demonstration: what a newcomer would click, with a sentence for each step.

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs it on the panes of the page. `caption` shows a sentence. */
export async function runDemo({ stage, demo: { panes } }, caption) {
  const [ada, grace] = panes;
  caption("Two people open the page: each gets a token and a connection.");
  await Promise.all([ada.connect(), grace.connect()]);
  await pause(2500);
  caption("Ada writes to the room. Everyone in it receives the message, Ada too.");
  await ada.send({ type: "note", text: "Hello, I am Ada." });
  await pause(4000);
  caption("A backend publishes an order to the room through the queue.");
  await stage.publish({ user_id: "shop", room_id: ada.room(), data: { type: "order", text: "Order 1042 is on its way", sent_at: Date.now() } });
  await pause(4000);
  caption("Now one that is for Grace only.");
  await stage.publish({ user_id: "shop", room_id: grace.room(), to_user_id: grace.user(), data: { type: "alert", text: "Grace, your parcel has arrived", sent_at: Date.now() } });
  await pause(4000);
  caption("And a broken one: it becomes a dead letter, with the reason, and waits below.");
  await stage.publish('{"user_id":"shop","data":"which room?"}');
  await pause(4000);
  caption("That is all: try it yourself.");
}
