/** A reporter for Node's test runner that writes, as JSON, what is needed when the run is over: counts, what failed and why, what tests noted, how long each file took. */
import path from 'node:path';
import { inspect } from 'node:util';

/** Why there is no server of a kind: what needs it is skipped, and `test.mjs` names that kind. Every other skip counts. */
const knownReasons = new Set(['MYSQL', 'MARIADB'].map((name) => process.env[`COUNTERSIGN_TEST_${name}_MISSING`]).filter((reason) => reason !== undefined));

/** Of what a file wrote to stderr, or the runner about it; it is all there is when the file itself did not load, or its process died. */
const keptLines = 40;

export default async function* reportResults(events) {
  const results = { passed: 0, failed: 0, skipped: 0, failures: [], files: [], notes: [] };
  const names = createNames();
  const written = new Map();
  for await (const { type, data } of events) {
    // Some events have the path as it was given, others the whole one.
    const file = data.file === undefined ? undefined : path.resolve(data.file);
    if (type === 'test:start') names.enter(file, data);
    else if (type === 'test:stderr' || type === 'test:diagnostic') written.set(file, [...(written.get(file) ?? []), data.message.trimEnd()].slice(-keptLines));
    if (type === 'test:diagnostic' && file !== undefined) results.notes.push(data.message);
    else if (type === 'test:summary' && file !== undefined) results.files.push({ file, milliseconds: data.duration_ms });
    else if (type === 'test:pass' || type === 'test:fail') count(results, type, data, () => ({ file, name: names.full(file, data), ...reasonOf(data, written.get(file)) }));
  }
  yield JSON.stringify(results);
}

/** Suites are not tests. */
function count(results, type, data, describe) {
  if (knownReasons.has(data.skip)) return;
  if (data.skip !== undefined || data.todo !== undefined) results.skipped += 1;
  else if (isContainer(data)) return;
  else if (type === 'test:pass') results.passed += 1;
  else {
    results.failed += 1;
    results.failures.push(describe());
  }
}

/** A suite fails with its tests, or because its own hooks do; only then nothing else would count it. */
function isContainer({ details }) {
  if (details?.type !== 'suite') return false;
  return details.error?.failureType === undefined || details.error.failureType === 'subtestsFailed';
}

/** What a test is in: the runner tells a name and how deep it is. */
function createNames() {
  const open = new Map();
  return {
    enter: (file, { name, nesting }) => open.set(file, [...(open.get(file) ?? []).slice(0, nesting), name]),
    full: (file, { name, nesting }) => [...(open.get(file) ?? []).slice(0, nesting), name].join(' › '),
  };
}

/**
 * @returns {{error: string, isConsequence: boolean, isPatience: boolean}}
 *   `isConsequence`: something else failed, and this test with it. `isPatience`: nothing was found wrong; what was waited for did not come in time
 */
function reasonOf({ details }, written = []) {
  const { failureType, cause, exitCode, signal } = details?.error ?? {};
  const isConsequence = failureType === 'cancelledByParent';
  if (exitCode !== undefined || (signal ?? undefined) !== undefined) return { error: `its process ended with ${signal ?? `code ${exitCode}`}\n${written.join('\n')}`, isConsequence, isPatience: false };
  return { error: errorText(cause), isConsequence, isPatience: failureType === 'testTimeoutFailure' || cause?.name === 'TimeoutError' };
}

function errorText(cause) {
  if (!(cause instanceof Error)) return String(cause);
  // The values of an assertion are in its message already.
  const text = cause.code === 'ERR_ASSERTION' ? (cause.stack ?? String(cause)) : inspect(cause, { maxStringLength: 4000, maxArrayLength: 50 });
  return text.split('\n').filter((line) => !/^\s+at .*\(?node:internal\//u.test(line)).join('\n');
}
