/** Changes on MySQL and MariaDB, held against full dumps of the database that share nothing with the code under test. */
import assert from 'node:assert/strict';
import { createAnalyser } from '../../../src/adapters/sql/analyser.ts';
import type { ChangeLimits, ChangeStart, IntentReceipt, OpenChange, Session } from '../../../src/app/ports.ts';
import type { TableEffect, TableImages } from '../../../src/core/effect/preview.ts';
import { assertEffects, assertImages, differences } from '../../contract/effectsDiff.ts';
import type { Dump } from '../../contract/effectsSubject.ts';
import { dumpMysql } from '../../contract/effectsMysql.ts';
import { sharedServer, type MysqlDatabase, type MysqlDialect, type MysqlServer, type MysqlUser } from '../../support/mysql.ts';
import { openMysqlTestSession } from '../../support/mysqlSession.ts';

export const receipt = { id: 'test' } as IntentReceipt;
const limits: ChangeLimits = { lockTimeoutMs: 1000, statementTimeoutMs: 20_000, holdMs: 30_000, maxRows: 1000 };

export type Lab = {
  readonly dialect: MysqlDialect;
  readonly server: MysqlServer;
  readonly database: MysqlDatabase;
  readonly user: MysqlUser;
  readonly session: Session;
  readonly dump: () => Promise<Dump>;
  /** Another session, of the same user or of another one. */
  readonly open: (user?: MysqlUser, port?: number) => Promise<Session>;
  readonly begin: (texts: readonly string[], changed?: Partial<ChangeLimits>, session?: Session, signal?: AbortSignal) => Promise<ChangeStart>;
  /** A change that must open. */
  readonly change: (texts: readonly string[], changed?: Partial<ChangeLimits>, session?: Session) => Promise<OpenChange>;
};

const analyser = createAnalyser();

/** A database made by `schema`, and a session on it; both are gone afterwards. */
export async function inLab(dialect: MysqlDialect, schema: readonly string[], work: (lab: Lab) => Promise<void>, rights?: readonly string[]): Promise<void> {
  const { server } = await sharedServer(dialect);
  assert.ok(server);
  await inLabOn(server, schema, work, rights);
}

/** The same on a server of the test's own. */
export async function inLabOn(server: MysqlServer, schema: readonly string[], work: (lab: Lab) => Promise<void>, rights: readonly string[] = ['PROCESS ON *.*']): Promise<void> {
  const { dialect } = server;
  const database = await server.createDatabase();
  const also = dialect === 'mysql' && rights.length > 0 ? ['SELECT ON performance_schema.*'] : [];
  const user = await server.createUser(`ALL PRIVILEGES ON ${database.database}.*`, ...rights, ...also);
  // In one go: each query has a connection of its own.
  if (schema.length > 0) await database.query(schema.map((text) => text.replace(/;\s*$/u, '')).join(';\n'));
  const sessions: Session[] = [];
  const open: Lab['open'] = async (as = user, port = database.port) => {
    const session = await openMysqlTestSession(dialect, { ...database, port }, as);
    sessions.push(session);
    return session;
  };
  try {
    const session = await open();
    const begin: Lab['begin'] = async (texts, changed = {}, on = session, signal = new AbortController().signal) => {
      const { statements, error } = await analyser.analyse(texts.join(';\n'), dialect);
      assert.equal(error, undefined);
      assert.equal(statements.length, texts.length);
      return await on.beginChange({ statements, limits: { ...limits, ...changed }, signal });
    };
    const change: Lab['change'] = async (texts, changed, on) => {
      const start = await begin(texts, changed, on);
      assert.ok(start.kind === 'open', start.kind === 'failed' ? start.failure.message : start.kind);
      return start.change;
    };
    await work({ dialect, server, database, user, session, dump: () => dumpMysql(database), open, begin, change });
  } finally {
    for (const session of sessions) await session.close();
    await database.query(`DROP DATABASE ${database.database}`);
  }
}

export type Expected = {
  readonly exactness?: TableEffect['exactness'];
  readonly unlisted?: number;
  /** Tables whose rows cannot all be shown, and how that is said. */
  readonly incomplete?: Readonly<Record<string, RegExp>>;
  /** Row operations by table: inserted, updated, deleted. */
  readonly effects?: Readonly<Record<string, readonly [number, number, number]>>;
  readonly limits?: Partial<ChangeLimits>;
};

/** Runs the change twice, rolled back and committed; what it says must be what a full comparison of the database finds. */
export async function checkChange(lab: Lab, texts: readonly string[], expected: Expected = {}): Promise<void> {
  const before = await lab.dump();
  const tried = await lab.change(texts, expected.limits);
  await tried.images();
  assert.deepEqual(await lab.dump(), before, 'nobody else sees an open change');
  await tried.rollback();
  assert.deepEqual(await lab.dump(), before, 'a rollback leaves nothing');
  const change = await lab.change(texts, expected.limits);
  const images = await change.images();
  assert.deepEqual(await change.commit(receipt), { kind: 'acknowledged' });
  const real = differences(before, await lab.dump(), undefined);
  const { effects, unlisted, notices } = change.preview;
  assertEffects(change.preview, real);
  for (const { exactness, table } of effects) assert.equal(exactness, expected.exactness ?? 'exact', `${table.table}: ${notices.join(' ')}`);
  assert.equal(unlisted, expected.unlisted, notices.join(' '));
  if (expected.effects) assert.deepEqual(Object.fromEntries(effects.map(({ table, inserted, updated, deleted }) => [table.table, [inserted, updated, deleted]])), expected.effects);
  for (const each of images) {
    const { table } = each.table;
    const said = expected.incomplete?.[table];
    if (said) assert.match(each.incomplete ?? '', said);
    else assert.equal(each.incomplete, undefined, table);
    assertImages(each, real.get(table) ?? { hasKey: true, gone: [], come: [], pairs: [] }, { isWhole: said === undefined, isCounted: said === undefined });
  }
}

export function imagesOf(images: readonly TableImages[], table: string): TableImages {
  const found = images.find((each) => each.table.table === table);
  assert.ok(found, `no images of ${table}`);
  return found;
}
