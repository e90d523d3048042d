/** One server as a process of its own, to be killed by tests. Prints its port. */
import { createLog } from '../../../src/server/log.ts';
import { serve } from '../../../src/server/serve.ts';
import { openPostgres } from '../../../src/server/store/postgres.ts';
import { openSqlite } from '../../../src/server/store/sqlite.ts';

const [where = '', port = '0'] = process.argv.slice(2);
const store = where.startsWith('postgres') ? await openPostgres(where, () => undefined) : await openSqlite(where);
const unlimited = { readsPerMinute: 10_000_000, writesPerMinute: 10_000_000, auditPerMinute: 10_000_000, openRequests: 1_000_000, waiting: 100_000 };
const server = await serve({ store, log: createLog(() => undefined), page: { script: '', style: '' }, limits: unlimited }, { host: '127.0.0.1', port: Number(port) });
console.log(String(server.port));
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
process.on('message', (message) => {
  if (message === 'memory') process.send?.(process.memoryUsage.rss());
});
