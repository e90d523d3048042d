/** A session of the port over SQLite in memory: a real database that is there in no time, for what no particular server is needed for. */
import { DatabaseSync } from 'node:sqlite';
import { createHash } from 'node:crypto';
import type { ChangeRequest, ChangeStart, OpenChange, Session } from '../../src/app/ports.ts';
import type { ServerPlace } from '../../src/core/approval/targetOf.ts';
import { epochMs } from '../../src/core/brand.ts';
import type { Fingerprint } from '../../src/core/effect/fingerprint.ts';
import type { Preview, Row, RowChange, TableImages } from '../../src/core/effect/preview.ts';

type Held = { readonly columns: readonly string[]; readonly rows: ReadonlyMap<string, Row> };
const never = new Promise<never>(() => undefined);

export type FakeServer = { readonly query: (text: string) => Promise<any[]>; readonly session: () => Session };

export function startSqlite(): FakeServer {
  const database = new DatabaseSync(':memory:');
  database.exec('PRAGMA foreign_keys = ON');
  /** Others wait while a change is open, as for a lock. */
  let free: Promise<void> = Promise.resolve();
  const settings = new Map([['mode', 'usual']]);
  const place = (mine: ReadonlyMap<string, string>): ServerPlace => ({ system: 'one', database: 'main', role: 'app', session: Object.fromEntries(mine) });

  const tables = (): ReadonlyMap<string, Held> => {
    const names = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all().map((row) => String(row['name']));
    return new Map(names.map((name) => {
      const rows = database.prepare(`SELECT * FROM ${name} ORDER BY 1`).all().map((row) => Object.values(row).map((value) => (value === null ? null : String(value))));
      const columns = database.prepare(`PRAGMA table_info(${name})`).all().map((row) => String(row['name']));
      return [name, { columns, rows: new Map(rows.map((row) => [row[0] ?? '', row])) }];
    }));
  };

  const begin = async ({ statements }: ChangeRequest, mine: ReadonlyMap<string, string>): Promise<ChangeStart> => {
    const mineBefore = free;
    let release: () => void = () => undefined;
    free = new Promise((resolve) => (release = resolve));
    await mineBefore;
    database.exec('BEGIN');
    const before = tables();
    try {
      for (const { text } of statements) database.exec(text);
    } catch (thrown) {
      database.exec('ROLLBACK');
      release();
      return { kind: 'failed', failure: { code: 'sql', message: String(thrown) } };
    }
    const images = differences(before, tables());
    let isOver = false;
    const end = (how: 'COMMIT' | 'ROLLBACK'): void => {
      if (isOver) return;
      isOver = true;
      database.exec(how);
      release();
    };
    const change: OpenChange = {
      preview: previewOf(statements.map(({ text }) => text), images),
      images: () => Promise.resolve(images),
      fingerprint: () => Promise.resolve(fingerprintOf(images)),
      place: () => Promise.resolve(place(mine)),
      undo: () => Promise.resolve({ kind: 'steps', dialect: 'postgresql', settings: {}, steps: [{ sql: 'INSERT …', parts: images.map((each) => ({ table: each.table, kind: 'restore-deleted', rows: count(each, 'deleted') })) }], leaves: [] }),
      ended: never,
      commit: () => (end('COMMIT'), Promise.resolve({ kind: 'acknowledged' })),
      rollback: () => (end('ROLLBACK'), Promise.resolve()),
    };
    return { kind: 'open', change };
  };

  return {
    query: (text) => Promise.resolve(/^\s*select/i.test(text) ? database.prepare(text).all() : (database.exec(text), [])),
    session() {
      const mine = new Map(settings);
      const unsupported = { kind: 'failed', failure: { code: 'internal', message: 'not here' } } as const;
      return {
        server: { dialect: 'postgresql', version: '3', database: 'main', user: 'app', encrypted: false },
        lost: never,
        transactionState: () => 'none',
        read: () => Promise.resolve(unsupported),
        execute: ({ statement: { text } }) => (mine.set('mode', text), Promise.resolve({ kind: 'done', rows: 0, commandTag: 'SET' })),
        beginChange: async (request) => await begin(request, mine),
        place: () => Promise.resolve(place(mine)),
        inspect: () => Promise.resolve({ facts: [{ label: 'Rows', text: '6' }], unknown: [] }),
        runAlone: (_intent, { statement }) => (database.exec(statement.text), Promise.resolve({ kind: 'done', rows: 0, commandTag: 'DONE' })),
        settle: () => Promise.resolve('unknown'),
        close: () => Promise.resolve(),
      };
    },
  };
}

function differences(before: ReadonlyMap<string, Held>, after: ReadonlyMap<string, Held>): readonly TableImages[] {
  return [...before].flatMap(([table, old]) => {
    const now = after.get(table)?.rows ?? new Map<string, Row>();
    const changes = [...new Set([...old.rows.keys(), ...now.keys()])].flatMap((key): readonly RowChange[] => {
      const [from, to] = [old.rows.get(key), now.get(key)];
      if (from && to) return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ kind: 'updated', before: from, after: to }];
      return from ? [{ kind: 'deleted', before: from }] : to ? [{ kind: 'inserted', after: to }] : [];
    });
    return changes.length === 0 ? [] : [{ table: { schema: 'main', table }, columns: old.columns.map((name) => ({ name, type: 'text' })), key: [0], changes }];
  });
}

const count = ({ changes }: TableImages, kind: RowChange['kind']): number => changes.filter((change) => change.kind === kind).length;

function previewOf(texts: readonly string[], images: readonly TableImages[]): Preview {
  return {
    statements: texts.map((text) => ({ text, commandTag: 'DELETE', rows: 0 })),
    effects: images.map((each) => ({ table: each.table, inserted: count(each, 'inserted'), updated: count(each, 'updated'), deleted: count(each, 'deleted'), why: 'statement' })),
    permanent: [],
    notices: [],
    transactionId: '1',
    openedAt: epochMs(0),
    expiresAt: epochMs(60_000),
  };
}

function fingerprintOf(images: readonly TableImages[]): Fingerprint {
  const sha256 = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');
  const tables = images.map((each) => ({
    table: `main.${each.table.table}`,
    operations: { inserted: count(each, 'inserted'), updated: count(each, 'updated'), deleted: count(each, 'deleted') },
    before: { rows: each.changes.length, sha256: sha256([each.columns, each.changes.map((change) => ('before' in change ? change.before : []))]) },
    after: { rows: each.changes.length, sha256: sha256(each.changes.map((change) => ('after' in change ? change.after : []))) },
    ignored: [],
  }));
  return { kind: 'fingerprint', version: 1, tables, definitions: [], complete: true };
}
