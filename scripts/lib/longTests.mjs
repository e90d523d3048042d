/** Test files that take long, longest first: begun at the end, one of them would leave every other worker without work. */
const long = [
  'test/e2e/connections.test.ts',
  'test/e2e/confirmationsHere.test.ts',
  'test/e2e/audit.test.ts',
  'test/e2e/consentFirst.test.ts',
  'test/e2e/change.test.ts',
  'test/e2e/undo.test.ts',
  'test/e2e/confirmations.test.ts',
  'test/e2e/team.test.ts',
  'test/e2e/run.test.ts',
  'test/e2e/start.test.ts',
  'test/integration/postgres/chaos.test.ts',
  'test/integration/mysql/changeChaos.test.ts',
  'test/integration/undo/random.test.ts',
  'test/integration/audit/killed.test.ts',
  'test/integration/postgres/fingerprint.test.ts',
  'test/integration/server/flips.test.ts',
  'test/integration/postgres/settle.test.ts',
  'test/integration/undo/randomMysql.test.ts',
  'test/integration/sql/mysql/mariadbFuzz.test.ts',
  'test/integration/sql/mysql/mysqlFuzz.test.ts',
  'test/integration/sql/analyser.test.ts',
];

/** The others stay in their order. */
export function longestFirst(files) {
  const place = (file) => (long.includes(file) ? long.indexOf(file) : long.length);
  return files.toSorted((one, other) => place(one) - place(other));
}
