// Put before each peer's script: the start-up report, and leaving with the parent.
//
// The parent holds our stdin open for as long as it lives. When it goes, in whatever way, stdin ends, and this works on
// every system, where a parent-death signal exists on Linux only. SIGINT is ignored: Ctrl-C reaches the whole process
// group, and the parent has to stop its functions before their data services.
function lifecycle(leave) {
  let leaving;
  const stop = () => {
    leaving ??= Promise.resolve()
      .then(leave)
      .then(() => process.exit(0), (err) => {
        console.error(err);
        process.exit(1);
      });
  };
  process.on('SIGINT', () => {});
  process.on('SIGTERM', stop);
  process.stdin.on('end', stop);
  process.stdin.on('error', stop);
  process.stdin.resume();
}

function ready(port) {
  process.stdout.write(JSON.stringify({ port }) + '\n');
}
