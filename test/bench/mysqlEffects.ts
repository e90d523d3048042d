/** The same on MySQL and MariaDB: what it costs to see a change of a table of a million rows before it is final. */
import mysql from 'mysql2/promise';
import { openMysqlTestSession } from '../support/mysqlSession.ts';
import { sharedServer, type MysqlDialect } from '../support/mysql.ts';
import { addEffect, timed, withEffect, type Add, type Plain } from './effects.ts';

const tableRows = 1_000_000;
/** Above this the product compares no row by row on these servers, and says so. */
const mostCompared = 50_000;

/** Nothing where there is no such server; what is missing is said. */
export async function mysqlEffectFigures(dialect: MysqlDialect, { add, withMillion }: { readonly add: Add; readonly withMillion: boolean }): Promise<void> {
  const { server, skip } = await sharedServer(dialect);
  if (!server) return console.log(`No figures of ${dialect}: ${skip}`);
  const database = await server.createDatabase(`CREATE TABLE digits (d int); INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
    CREATE TABLE million (id int PRIMARY KEY, k int, a varchar(32), b varchar(32), at timestamp NULL, x double, v int);
    INSERT INTO million SELECT n, n % 1000, left(sha2(n, 256), 32), left(sha2(n + 1, 256), 32), now(), n / 3.0, 0 FROM (SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d + 100000 * g.d AS n FROM digits a, digits b, digits c, digits e, digits f, digits g) AS numbers`);
  const client = await mysql.createConnection(database.url());
  const session = await openMysqlTestSession(dialect, database, await database.createUser());
  for (const affected of [1000, 100_000, ...(withMillion ? [tableRows] : [])]) {
    const text = `UPDATE million SET v = v + 1 WHERE id <= ${String(affected)}`;
    const plain = await plainly(client, text);
    const ours = await withEffect(session, text, affected, affected <= mostCompared);
    addEffect(add, `${server.name}, ${String(affected)} of ${String(tableRows)} rows updated`, ours, plain);
  }
  await session.close();
  await client.end();
}

async function plainly(client: mysql.Connection, text: string): Promise<Plain> {
  await client.beginTransaction();
  const statementMs = await timed(() => client.query(text));
  return { statementMs, commitMs: await timed(() => client.commit()) };
}
