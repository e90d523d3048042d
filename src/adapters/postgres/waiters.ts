/** Who waits for the locks of an open change, and for whom they wait in turn. Asked on the line beside. */
import type { Waiter } from '../../core/effect/preview.ts';
import type { Context } from './context.ts';

/**
 * `$1`: the backend of the change. Somebody who waits for somebody who waits for us waits for us, too. Since when a lock is
 * waited for is known from version 14 on; before that, since when the statement runs.
 */
const waitersSql = (versionNumber: number): string => `WITH RECURSIVE blocked AS MATERIALIZED (
    SELECT l.pid, min(${versionNumber >= 140_000 ? 'l.waitstart' : 'NULL::pg_catalog.timestamptz'}) AS since, pg_catalog.pg_blocking_pids(l.pid) AS by
    FROM pg_catalog.pg_locks AS l WHERE NOT l.granted AND l.pid OPERATOR(pg_catalog.<>) $1::pg_catalog.int4 GROUP BY l.pid
  ), waits(pid) AS (
    SELECT b.pid FROM blocked AS b WHERE $1::pg_catalog.int4 OPERATOR(pg_catalog.=) ANY (b.by)
    UNION
    SELECT b.pid FROM waits AS w JOIN blocked AS b ON w.pid OPERATOR(pg_catalog.=) ANY (b.by)
  )
  SELECT a.application_name, a.usename, pg_catalog.round(EXTRACT(epoch FROM pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) coalesce(b.since, a.query_start, pg_catalog.clock_timestamp())) OPERATOR(pg_catalog.*) 1000)
  FROM waits AS w JOIN blocked AS b ON b.pid OPERATOR(pg_catalog.=) w.pid LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid OPERATOR(pg_catalog.=) w.pid
  ORDER BY 3 DESC LIMIT 100`;

/** Never rejects; empty when it cannot be learned. @param processId - the server's process behind the change */
export async function readWaiters(context: Context, processId: string): Promise<readonly Waiter[]> {
  const line = await context.metadata();
  const end = await line?.run([{ text: waitersSql(context.versionNumber), values: [processId] }], { deadlineMs: 5000 });
  if (end?.kind !== 'complete') return [];
  return (end.results[0]?.rows ?? []).map(([application, user, milliseconds]) => ({ application: application ?? '', user: user ?? '', waitingMs: Math.max(0, Number(milliseconds ?? 0)) }));
}
