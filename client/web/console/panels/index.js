// The panels, in the order in which they stand. A construct adds its panel here:
//
//   { id, title, hint, needsStage, needsOutput, mount(body, app, head) }
//
// id names the section (class "panel-<id>"), hint is one sentence for somebody who sees it for the first time, needsStage
// leaves the panel out where there is no local stage, needsOutput where the stack has no such output. mount fills the body once; app holds config, stage (local.js), pulse
// (pulse.js), stats, toasts and webSocketUrl().
import { budget } from "./budget.js";
import { charts } from "./charts.js";
import { connections } from "./connections.js";
import { cost } from "./cost.js";
import { denied } from "./denied.js";
import { flow } from "./flow.js";
import { outbox } from "./outbox.js";
import { people } from "./people.js";
import { publish } from "./publish.js";
import { queues } from "./queues.js";
import { scheduler } from "./scheduler.js";

export const panels = [flow, people, publish, charts, scheduler, budget, queues, connections, cost, denied, outbox];
