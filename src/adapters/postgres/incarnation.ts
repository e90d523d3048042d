/**
 * Which server this is, in its present life. After a failover the same address may lead to a copy that never got the last
 * transactions and gave their numbers to others: what it says about a number is then about somebody else's.
 */
import type { Step } from './batch.ts';
import type { Line } from './line.ts';

/** The cluster's own number and its timeline, which changes with every promotion. Anybody may ask; a standby does not answer. */
export const incarnationSql = `(SELECT s.system_identifier::pg_catalog.text || '/' || pg_catalog.substring(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 1, 8)
  FROM pg_catalog.pg_control_system() AS s)`;

const step: Step = { text: `SELECT ${incarnationSql}` };

export type Incarnation = {
  /** As it was when it was first asked for; `undefined` when the server would not say. Never rejects. */
  known(): Promise<string | undefined>;
};

/** @param metadata - a line that is free to be asked; `undefined` when there is none */
export function createIncarnation(metadata: () => Promise<Line | undefined>): Incarnation {
  const ask = async () => {
    const line = await metadata();
    const end = await line?.run([step], { deadlineMs: 5000 });
    return end?.kind === 'complete' ? (end.results[0]?.rows[0]?.[0] ?? undefined) : undefined;
  };
  let asked: Promise<string | undefined> | undefined;
  return {
    known() {
      asked ??= ask();
      return asked;
    },
  };
}
