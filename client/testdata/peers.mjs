// Starts dynalite and fauxqs on free loopback ports, prints {"dynamodb":url,"sqs":url}, and ends when stdin does, so that
// neither outlives the test that started it.
import { createRequire } from 'node:module';
import { buildApp } from 'fauxqs';

const dynalite = createRequire(import.meta.url)('dynalite')({ createTableMs: 0 });
await new Promise((done) => dynalite.listen(0, '127.0.0.1', done));

const sqs = buildApp({ logger: false });
await sqs.listen({ port: 0, host: '127.0.0.1' });

const url = (server) => `http://127.0.0.1:${server.address().port}`;
console.log(JSON.stringify({ dynamodb: url(dynalite), sqs: url(sqs.server) }));
process.stdin.resume().on('end', () => process.exit(0));
