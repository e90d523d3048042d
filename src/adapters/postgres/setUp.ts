/** Prepares a fresh line in one round trip: fixes what our checks rely on, and learns who the server says it is. */
import type { ServerIdentity } from '../../app/ports.ts';
import type { Failure } from '../../core/errors.ts';
import type { Step } from './batch.ts';
import { parseGuards, readGuards, type Guards } from './guards.ts';
import type { BatchEnd, Line } from './line.ts';
import { lostFailure, sqlFailure } from './sqlFailure.ts';

/** The server's process behind a line. `since` tells it from a later one with the same number. */
export type Backend = { readonly processId: string; readonly since: string };

export type SetUp = { readonly server: ServerIdentity; readonly versionNumber: number; readonly guards: Guards; readonly backend: Backend };

type Settings = Readonly<Record<string, string>>;

/** For the line a person's statements run on. A transaction of ours is never idle for long, except while it waits for a person. */
export const statementSettings: Settings = { standard_conforming_strings: 'on', idle_in_transaction_session_timeout: '60s' };

/** For the line beside it, which only ever reads. */
export const metadataSettings: Settings = { ...statementSettings, default_transaction_read_only: 'on', statement_timeout: '15s' };

export async function setUpLine(line: Line, settings: Settings): Promise<SetUp | { readonly failure: Failure }> {
  // Without it, the server would finish a running statement although nobody is there any more.
  const watchClient: Settings = { ...settings, client_connection_check_interval: '2s' };
  let end = await run(line, watchClient);
  // Before version 14, and on some systems, the server cannot watch.
  if (end.kind === 'error') end = await run(line, settings);
  if (end.kind !== 'complete') return { failure: setUpFailure(end) };
  const [, identity, guards] = end.results;
  const [database, version, versionNumber, processId, since] = identity?.rows[0] ?? [];
  const known = parseGuards(guards?.rows[0]);
  return {
    server: {
      dialect: 'postgresql',
      version: (version ?? '').split(' ')[0] ?? '',
      database: database ?? '',
      user: known.user,
      encrypted: line.encrypted,
    },
    versionNumber: Number(versionNumber),
    guards: known,
    backend: { processId: processId ?? '', since: since ?? '' },
  };
}

function run(line: Line, settings: Settings): Promise<BatchEnd> {
  return line.run([setStep(settings), identityStep, readGuards], { deadlineMs: 10_000 });
}

function setStep(settings: Settings): Step {
  const names = Object.keys(settings);
  const calls = names.map((name, index) => `pg_catalog.set_config('${name}', $${String(index + 1)}, false)`);
  return { text: `SELECT ${calls.join(', ')}`, values: Object.values(settings) };
}

const identityStep: Step = {
  text: `SELECT pg_catalog.current_database(), pg_catalog.current_setting('server_version'), pg_catalog.current_setting('server_version_num'),
    pg_catalog.pg_backend_pid(), (SELECT a.backend_start FROM pg_catalog.pg_stat_activity AS a WHERE a.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid())`,
};

function setUpFailure(end: Exclude<BatchEnd, { kind: 'complete' }>): Failure {
  if (end.kind === 'error') return sqlFailure(end.error, { consequence: 'The connection could not be prepared.' });
  if (end.kind === 'lost') return lostFailure(end.loss, 'Nothing was sent.');
  return { code: 'connection', message: 'Connecting was stopped.' };
}
