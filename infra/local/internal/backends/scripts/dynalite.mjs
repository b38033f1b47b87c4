// DynamoDB: dynalite on a free port of the loopback interface.
// Options (JSON, the first argument): path, the folder of its LevelDB store, absent for in-memory.
import { AbstractKeyIterator, AbstractValueIterator } from 'abstract-level';
import dynalite from 'dynalite';

// dynalite ends what it reads by iterator.return(), which the iterators of abstract-level do not have: none would ever be closed,
// and each would keep the store as it was at its time in memory.
for (const { prototype } of [AbstractKeyIterator, AbstractValueIterator]) {
  prototype.return ??= function () {
    return this.close();
  };
}

const options = JSON.parse(process.argv[1]);
// Tables are ready at once: a stack is created in one go, and AWS's waiting states would only make starting slow.
const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0, path: options.path });
server.keepAliveTimeout = 0; // idle connections belong to the endpoint's pool; closing them here races with reuse
server.listen(0, '127.0.0.1', () => ready(server.address().port));

lifecycle(() => new Promise((resolve) => {
  server.close(resolve);
  server.closeAllConnections();
}));
