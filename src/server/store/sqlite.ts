/** One file, for one machine: SQLite in WAL mode, synced to disk before a write is answered. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Sql, SqlRow, SqlValue, Store, Transaction } from './store.ts';

/** Parsed statements are kept; there are about thirty. */
type Prepared = Map<string, StatementSync>;

const oldestNode = [22, 13] as const;
/** How often it is asked whether another process (a second window of the editor) wrote to the file. */
const askOthersMs = 500;

/** What to tell a person whose Node is too old for the built-in SQLite; `undefined` when it is not. */
export function sqliteProblem(nodeVersion: string): string | undefined {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return undefined;
  return `The confirmation server needs Node ${oldestNode.join('.')} or later for its built-in database; this is Node ${nodeVersion}. Nothing was started. Install a newer Node, or set DATABASE_URL to use PostgreSQL.`;
}

/** @param file - path, or `:memory:` for tests */
export async function openSqlite(file: string): Promise<Store> {
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON');
  return createStore(database);
}

/** Writes a copy that is complete in itself, while the server runs. @param to - a file that does not exist yet */
export async function backUpSqlite(file: string, to: string): Promise<void> {
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    database.prepare('VACUUM INTO ?').run(to);
  } finally {
    database.close();
  }
}

function createStore(database: DatabaseSync): Store {
  const prepared: Prepared = new Map();
  const query = (text: string, values: readonly SqlValue[] = []): readonly SqlRow[] => run(database, prepared, text, values);
  let onTopic: ((topic: string) => void) | undefined;
  let asking: NodeJS.Timeout | undefined;
  // Changes when another connection commits, and only then.
  const othersVersion = (): SqlValue | undefined => query('PRAGMA data_version')[0]?.['data_version'];
  let seen = othersVersion();
  // One connection: transactions go one after the other, and a lone statement waits for the transaction before it.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return await turn;
  };
  return {
    kind: 'sqlite',
    query: async (text, values) => await inTurn(async () => await Promise.resolve(query(text, values))),
    async transaction(work) {
      const topics: string[] = [];
      const sql: Sql = { query: async (text, values) => await Promise.resolve(query(text, values)) };
      const transaction: Transaction = {
        ...sql,
        async notify(topic) {
          topics.push(topic);
          await Promise.resolve();
        },
      };
      const answer = await inTurn(async () => await atomically(database, async () => await work(transaction)));
      for (const topic of topics) onTopic?.(topic);
      return answer;
    },
    listen(topicHandler, onGap) {
      onTopic = topicHandler;
      asking = setInterval(() => {
        const version = othersVersion();
        if (version !== seen) onGap();
        seen = version;
      }, askOthersMs);
      asking.unref();
    },
    async close() {
      clearInterval(asking);
      await last;
      database.close();
    },
  };
}

async function atomically<Answer>(database: DatabaseSync, work: () => Promise<Answer>): Promise<Answer> {
  database.exec('BEGIN IMMEDIATE');
  try {
    const answer = await work();
    database.exec('COMMIT');
    return answer;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function run(database: DatabaseSync, prepared: Prepared, text: string, values: readonly SqlValue[]): readonly SqlRow[] {
  // SQLite counts its parameters with `?1`.
  const statement = prepared.get(text) ?? database.prepare(text.replaceAll(/\$(\d+)/g, '?$1'));
  prepared.set(text, statement);
  return statement.all(...values) as SqlRow[];
}
