/** Tells what the extension host used of the processor since the last question, and how long it did not listen at most. */
const { createServer } = require('node:http');
const { monitorEventLoopDelay } = require('node:perf_hooks');

exports.activate = () => {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  let before = process.cpuUsage();
  createServer((_request, response) => {
    const { user, system } = process.cpuUsage(before);
    response.end(JSON.stringify({ cpuMs: (user + system) / 1000, stallMs: delays.max / 1e6 }));
    before = process.cpuUsage();
    delays.reset();
  }).listen(Number(process.env.COUNTERSIGN_BENCH_PORT), '127.0.0.1');
};
