// The local stage as the console sees it: its controls, and the AWS endpoint on the same origin as the administrator.
// A deployed console has no such thing; whatever needs one is then left out.
import { alertText } from "./alert.js";
import { newGroupIssuer, newIssuer } from "./mint.js";
import { newScheduler } from "./scheduler.js";
import { signedHeaders } from "./sigv4.js";

const REGION = "us-east-1";
const SERVICES = {
  sqs: { prefix: "AmazonSQS", type: "application/x-amz-json-1.0" },
  dynamodb: { prefix: "DynamoDB_20120810", type: "application/x-amz-json-1.0" },
  secretsmanager: { prefix: "secretsmanager", type: "application/x-amz-json-1.1" },
};

/** Reads what runs. Throws when the stage does not answer. */
export async function openLocal(control) {
  const stage = new Local(control);
  await stage.refresh();
  return stage;
}

class Local {
  #control;
  #mint;

  constructor(control) {
    this.#control = control;
  }

  /** Reads the outputs and resources again; they may change when the stage is started again. */
  async refresh() {
    const { outputs, queues, functions, budgets } = await this.get("resources");
    this.outputs = Object.assign({}, ...Object.values(outputs));
    this.queues = (queues ?? []).map(resource);
    this.functions = (functions ?? []).map(resource);
    this.budget = (budgets ?? []).map(resource)[0] ?? null; // {name, amount, unit}
    const { TokensTableName: table, SecretArn: secretArn } = this.outputs;
    this.#mint = newIssuer({ aws, table, secretArn });
    const { ApiUrl: url, SchedulerSecretArn: schedulerSecretArn } = this.outputs;
    this.scheduler = url ? newScheduler({ url, token: newGroupIssuer({ aws, secretArn: schedulerSecretArn }) }) : null;
  }

  /** One of the stage's controls, as JSON. Health answers 503 with the same body when something is down. */
  async get(path) {
    const answer = await fetch(this.#control + path, { cache: "no-store", signal: AbortSignal.timeout(10_000) });
    if (!answer.ok && answer.status !== 503) throw new Error(`${path}: status ${answer.status}`);
    return answer.json();
  }

  async change(method, path) {
    const answer = await fetch(this.#control + path, { method });
    if (!answer.ok) throw new Error(`${path}: status ${answer.status}`);
  }

  /** A token for a user and a room. */
  mint(user, room) {
    return this.#mint(user, room);
  }

  /** Publishes as a backend does. A body that is text goes as it is, broken or not. Resolves to the SQS message id. */
  async publish(body) {
    const MessageBody = typeof body === "string" ? body : JSON.stringify(body);
    return (await aws("sqs", "SendMessage", { QueueUrl: this.outputs.QueueUrl, MessageBody })).MessageId;
  }

  /** Publishes many, ten a call. */
  async publishAll(bodies) {
    for (let from = 0; from < bodies.length; from += 10) {
      const Entries = bodies.slice(from, from + 10).map((body, n) => ({ Id: `m${n}`, MessageBody: JSON.stringify(body) }));
      await aws("sqs", "SendMessageBatch", { QueueUrl: this.outputs.QueueUrl, Entries });
    }
  }

  /** Publishes an alert as AWS Budgets does; see alertText for its fields. Resolves to the SNS message id. */
  async alert(alert) {
    const TopicArn = this.outputs.BudgetTopicArn;
    const Message = alertText({ account: TopicArn.split(":")[4], ...alert });
    const answer = await query("sns", "Publish", { Version: "2010-03-31", TopicArn, Subject: `AWS Budgets: ${alert.budget}`.slice(0, 100), Message });
    return answer.querySelector("MessageId")?.textContent;
  }

  /** How much is in each queue: [{name, path, waiting, inFlight, delayed, dead}], dead being whether it takes dead letters. */
  depths() {
    const targets = new Set(this.queues.map(({ deadletterarn }) => deadletterarn));
    return Promise.all(
      this.queues.map(async ({ name, path, url, arn }) => {
        const { Attributes: a } = await aws("sqs", "GetQueueAttributes", { QueueUrl: url, AttributeNames: ["All"] });
        const [visible, hidden, delayed] = ["", "NotVisible", "Delayed"].map((key) => Number(a[`ApproximateNumberOfMessages${key}`] ?? 0));
        const dead = targets.has(arn);
        // Nobody works on dead letters: one that is in flight was looked at here.
        return { name, path, url, arn, dead, delayed, waiting: dead ? visible + hidden : visible, inFlight: dead ? 0 : hidden };
      }),
    );
  }

  /** Up to ten dead letters of a queue, which stay where they are. */
  async deadLetters(url) {
    const { Messages = [] } = await aws("sqs", "ReceiveMessage", {
      QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: 0, WaitTimeSeconds: 0,
      AttributeNames: ["All"], MessageAttributeNames: ["All"],
    });
    return Messages.map((m) => ({
      id: m.MessageId, body: m.Body, receipt: m.ReceiptHandle, sentAt: Number(m.Attributes?.SentTimestamp),
      reason: m.MessageAttributes?.error?.StringValue ?? "its function failed each time it was tried",
    }));
  }

  /** Sends a dead letter back to where it came from. */
  async redrive(deadQueue, deadLetter) {
    const source = this.queues.find(({ deadletterarn }) => deadletterarn === deadQueue.arn);
    if (!source) throw new Error(`no queue sends its dead letters to ${deadQueue.name}`);
    await aws("sqs", "SendMessage", { QueueUrl: source.url, MessageBody: deadLetter.body });
    await this.discard(deadQueue, deadLetter);
  }

  async discard(deadQueue, deadLetter) {
    await aws("sqs", "DeleteMessage", { QueueUrl: deadQueue.url, ReceiptHandle: deadLetter.receipt });
  }

  /** Connections that came, went or were refused, newest first, out of the functions' logs. */
  async comings() {
    const kinds = { Connect: "connected", Disconnect: "disconnected", Authorize: "connection denied" };
    const lists = await Promise.all(
      Object.entries(kinds).map(async ([name, message]) => {
        const found = this.functions.find(({ path }) => path.endsWith(`/${name}`));
        if (!found) return [];
        const lines = await this.get(`logs?limit=120&function=${encodeURIComponent(found.name)}`);
        return lines.map(({ time, text }) => ({ time, entry: parse(text) })).filter(({ entry }) => entry?.message === message);
      }),
    );
    return lists.flat().sort((a, b) => (a.time < b.time ? 1 : -1));
  }
}

/** Posts to AWS on this page's origin, signed as the administrator. */
async function post(request) {
  const headers = await signedHeaders({ host: location.host, region: REGION, accessKeyId: "test", secretAccessKey: "test", ...request });
  return fetch("/", { method: "POST", headers, body: request.body, cache: "no-store" });
}

/** Calls a service that speaks forms and XML. Resolves to the answer's document. */
async function query(service, operation, input) {
  const body = new URLSearchParams({ Action: operation, ...input }).toString();
  const answer = await post({ service, type: "application/x-www-form-urlencoded", body });
  const text = await answer.text();
  const result = new DOMParser().parseFromString(text, "application/xml");
  if (answer.ok) return result;
  throw new Error(`${operation}: ${result.querySelector("Message")?.textContent ?? answer.status}`);
}

/** Calls a service that speaks JSON. Rejects with an error whose `code` is AWS's. */
async function aws(service, operation, input) {
  const { prefix, type } = SERVICES[service];
  const answer = await post({ service, target: `${prefix}.${operation}`, type, body: JSON.stringify(input) });
  const text = await answer.text();
  const result = parse(text) ?? {};
  if (answer.ok) return result;
  const code = String(result.__type ?? result.code ?? answer.status).split("#").at(-1);
  throw Object.assign(new Error(`${operation}: ${result.message ?? result.Message ?? code}`), { code });
}

/** A resource of the stage with its keys in lower case, and its path within the stack: Hub/Intake. */
function resource(entry) {
  const plain = Object.fromEntries(Object.entries(entry).map(([key, value]) => [key.toLowerCase().replaceAll("_", ""), value]));
  const path = String(plain.path ?? plain.name).replace(/\/Resource$/, "");
  return { ...plain, path: plain.stack && path.startsWith(`${plain.stack}/`) ? path.slice(plain.stack.length + 1) : path };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
