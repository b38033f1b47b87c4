// SQS and SNS: fauxqs on a free port of the loopback interface, with queues that outlive a restart.
// Options (JSON, the first argument): publicURL, the base of the queue URLs to hand out; account; snapshot, the file that keeps
// the messages, absent for none; every, milliseconds between snapshots of a changed queue.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';

const options = JSON.parse(process.argv[1]);

// Its account is a constant, which is changed as it is loaded. The version is pinned, so that the file is known.
register(`data:text/javascript,export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (!url.endsWith('/fauxqs/dist/common/types.js')) return loaded;
  return { ...loaded, source: String(loaded.source).replace('"000000000000"', '"${options.account}"') };
}`);
const { buildApp } = await import('fauxqs');

// The stores are an option of buildApp, but their classes are not exported by name: load them beside the entry point.
// The version is pinned, and checkStore refuses a store that has changed under us.
const entry = import.meta.resolve('fauxqs');
const { SqsStore } = await import(new URL('./sqs/sqsStore.js', entry));
const { SnsStore } = await import(new URL('./sns/snsStore.js', entry));
const { S3Store } = await import(new URL('./s3/s3Store.js', entry));

// It refuses what lies beyond the basic plane, such as emoji; SQS takes it.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
const { INVALID_MESSAGE_BODY_CHAR } = await import(new URL('./sqs/sqsTypes.js', entry));
const refused = /[^\x09\x0A\x0D\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
INVALID_MESSAGE_BODY_CHAR.test = (body) => refused.test(body);

class Queues extends SqsStore {
  #kept = new Map(); // queue name -> messages of a queue that is not created again yet

  constructor(kept) {
    super();
    this.#kept = kept;
  }

  // One URL for a queue, whatever host the request named, as the endpoint in front of us has one address.
  buildQueueUrl(name) {
    return `${options.publicURL}/${options.account}/${name}`;
  }

  // Only the last segment of a queue URL names the queue; clients may write localhost or another alias before it.
  getQueue(url) {
    return this.getQueueByName(url.slice(url.lastIndexOf('/') + 1));
  }

  deleteQueue(url) {
    const queue = this.getQueue(url);
    return queue ? super.deleteQueue(queue.url) : false;
  }

  createQueue(name, url, arn, attributes, tags) {
    const queue = super.createQueue(name, url, arn, attributes, tags);
    for (const message of this.#kept.get(name) ?? []) {
      queue.enqueue(message);
    }
    this.#kept.delete(name);
    return queue;
  }

  // What has to survive: waiting and delayed messages, and those in flight, which become visible again just as they do
  // when a consumer dies. Receive counts and ids stay, so redrive and deduplication by consumers go on as before.
  contents() {
    const all = Object.fromEntries(this.#kept);
    for (const queue of this.listQueues()) {
      const { ready, delayed, inflight } = queue.inspectMessages();
      const messages = [...inflight.map((entry) => entry.message), ...ready, ...delayed];
      if (messages.length > 0) {
        all[queue.name] = messages;
      }
    }
    return all;
  }
}

function checkStore(store) {
  const queue = store.createQueue('probe', store.buildQueueUrl('probe'), 'arn:aws:sqs:us-east-1:000000000000:probe');
  queue.enqueue(SqsStore.createMessage('probe'));
  if (queue.inspectMessages().ready[0]?.body !== 'probe' || !store.deleteQueue(queue.url)) {
    throw new Error('this version of fauxqs has another queue store than 1.9.2');
  }
}

function readSnapshot() {
  if (!options.snapshot) return new Map();
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(options.snapshot, 'utf8'))));
  } catch (err) {
    if (err.code === 'ENOENT') return new Map();
    throw new Error(`cannot read kept messages: ${options.snapshot}: ${err.message}`);
  }
}

const sqsStore = new Queues(readSnapshot());
checkStore(sqsStore);

let changed = false;
let notBefore = 0;
function save() {
  if (!options.snapshot) return;
  changed = false;
  const started = Date.now();
  // Written aside and renamed: a crash in the middle leaves the former snapshot whole.
  writeFileSync(options.snapshot + '.new', JSON.stringify(sqsStore.contents()), { mode: 0o600 });
  renameSync(options.snapshot + '.new', options.snapshot);
  // Writing holds everything else up, so long queues are written less often: a twentieth of the time at most.
  notBefore = Date.now() + 20 * (Date.now() - started);
}

const app = buildApp({
  logger: false,
  defaultRegion: 'us-east-1',
  stores: { sqsStore, snsStore: new SnsStore(), s3Store: new S3Store() },
});
app.addHook('onResponse', async (request) => {
  // Receiving changes a count only; idle pollers shall not keep the disk busy.
  if (request.method === 'POST' && request.headers['x-amz-target'] !== 'AmazonSQS.ReceiveMessage') changed = true;
});
app.server.keepAliveTimeout = 0; // idle connections belong to the endpoint's pool; closing them here races with reuse
await app.listen({ port: 0, host: '127.0.0.1' });
if (options.snapshot) {
  setInterval(() => { if (changed && Date.now() >= notBefore) save(); }, options.every).unref();
}
ready(app.server.address().port);

lifecycle(async () => {
  save();
  await app.close();
});
