/** Runs the suite of COUNTERSIGN_HOST_SUITE inside the extension host, with mocha, and reports to the bridge. */
const { pathToFileURL } = require('node:url');

exports.activate = () => {
  // Not awaited: activation must end before other extensions' start-up work is done.
  setTimeout(() => void report(), 0);
};

async function report() {
  const { COUNTERSIGN_HOST_SUITE: suite, COUNTERSIGN_BRIDGE: bridge } = process.env;
  const outcome = await runSuite(suite).catch((error) => ({ results: [], problem: String(error?.stack ?? error) }));
  await fetch(bridge, { method: 'POST', body: JSON.stringify({ op: 'done', args: [outcome] }) });
}

async function runSuite(file) {
  const loaded = require(require.resolve('mocha', { paths: [pathToFileURL(file).pathname] }));
  // An ES module, which older hosts hand over with its name.
  const Mocha = loaded.default ?? loaded;
  const mocha = new Mocha({ ui: 'bdd', timeout: 90_000, reporter: class {} });
  mocha.addFile(file);
  const results = [];
  await new Promise((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', (test) => results.push({ title: test.fullTitle(), milliseconds: test.duration ?? 0 }));
    runner.on('pending', (test) => results.push({ title: test.fullTitle(), milliseconds: 0, error: 'It was skipped: a test that does not run proves nothing.' }));
    // Hooks fail here too, under a title of their own.
    runner.on('fail', (test, error) => results.push({ title: test.fullTitle(), milliseconds: test.duration ?? 0, error: error.stack ?? String(error) }));
  });
  return { results };
}
