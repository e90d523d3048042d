/**
 * Loaded before each test file: when its tests are over and something still keeps its process alive, it fails, with what that
 * is. Otherwise a test that fails before it ends its server would hold up the whole run.
 */
import { after } from 'node:test';

/** `?patience=`: milliseconds for the hooks that end servers and editors. */
const patience = Number(new URL(import.meta.url).searchParams.get('patience') ?? 30_000);

// The runner itself loads this too, and has no tests of its own.
if (process.env['NODE_TEST_CONTEXT'] === 'child-v8') after(() => void setTimeout(fail, patience).unref());

function fail() {
  console.error(`The tests are over, and after ${patience} ms these still keep the process alive: ${process.getActiveResourcesInfo().join(', ')}. Whatever a test starts has to be ended when it fails, too.`);
  process.exit(1);
}
