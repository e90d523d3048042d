/** A reporter for Node's test runner that writes nothing but the counts. Suites are not tests. */

/** Why there is no server of a kind: what needs it is skipped, and `test.mjs` names that kind. Every other skip counts. */
const knownReasons = new Set(['MYSQL', 'MARIADB'].map((name) => process.env[`COUNTERSIGN_TEST_${name}_MISSING`]).filter((reason) => reason !== undefined));

export default async function* countTests(events) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    if ((type !== 'test:pass' && type !== 'test:fail') || knownReasons.has(data.skip)) continue;
    if (data.skip !== undefined || data.todo !== undefined) counts.skipped += 1;
    else if (isContainer(data)) continue;
    else if (type === 'test:pass') counts.passed += 1;
    else counts.failed += 1;
  }
  yield JSON.stringify(counts);
}

/** A suite fails with its tests, or because its own hooks do; only then nothing else would count it. */
function isContainer({ details }) {
  if (details?.type !== 'suite') return false;
  return details.error?.failureType === undefined || details.error.failureType === 'subtestsFailed';
}
