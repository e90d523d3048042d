/**
 * A process that runs a change and ends it when it is told to, so that a test can freeze it. Argument: where, who, the statements
 * and the hold time as JSON. Says what happened, one JSON value a line.
 */
import { createInterface } from 'node:readline';
import { createAnalyser } from '../../../src/adapters/sql/analyser.ts';
import type { IntentReceipt } from '../../../src/app/ports.ts';
import type { MysqlDialect, MysqlUser } from '../../support/mysql.ts';
import { openMysqlTestSession } from '../../support/mysqlSession.ts';

type Order = { readonly dialect: MysqlDialect; readonly database: { readonly host: string; readonly port: number; readonly database: string }; readonly user: MysqlUser; readonly texts: readonly string[]; readonly holdMs: number };

const say = (what: unknown) => process.stdout.write(`${JSON.stringify(what)}\n`);
const { dialect, database, user, texts, holdMs } = JSON.parse(process.argv[2] ?? '') as Order;
const session = await openMysqlTestSession(dialect, database, user);
const analyser = createAnalyser();
const { statements } = await analyser.analyse(texts.join(';\n'), dialect);
const start = await session.beginChange({ statements, limits: { lockTimeoutMs: 1000, statementTimeoutMs: 10_000, holdMs, maxRows: 10 }, signal: new AbortController().signal });
say(start.kind === 'open' ? 'open' : start);
if (start.kind === 'open') {
  void start.change.ended.then((why) => say({ ended: why }));
  for await (const order of createInterface({ input: process.stdin })) {
    if (order === 'commit') say({ commit: (await start.change.commit({ id: 'chaos' } as IntentReceipt)).kind });
  }
}
await session.close();
await analyser.dispose();
