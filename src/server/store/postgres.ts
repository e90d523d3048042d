/** PostgreSQL, for several instances at once: what one writes, the others hear of by NOTIFY, and read again when they may have missed it. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, CustomTypesConfig, Pool, PoolClient } from 'pg';
import type { Sql, SqlRow, SqlValue, Store } from './store.ts';

const channel = 'countersign';
/** A line that broke without a word is noticed by asking. */
const askMs = 10_000;
const retryMs = [50, 100, 250, 500, 1000, 2000, 5000];

/** @param onError - told of lines that broke; the pool replaces them */
export async function openPostgres(connectionString: string, onError: (message: string) => void): Promise<Store> {
  const { default: pg } = await import('pg');
  const settings = { connectionString, application_name: 'countersign-server', types: numbersAsNumbers(pg.types), connectionTimeoutMillis: 5000 };
  const pool = new pg.Pool({ ...settings, max: 10 });
  pool.on('error', (error) => onError(error.message));
  // A wrong address is told at once, not with the first request.
  await pool.query('SELECT 1');
  return createStore(pool, () => new pg.Client({ ...settings, query_timeout: 5000 }), onError);
}

function createStore(pool: Pool, newClient: () => Client, onError: (message: string) => void): Store {
  // Marks what this instance said itself.
  const instance = randomUUID();
  const stopping = new AbortController();
  let onOwn: ((topic: string) => void) | undefined;
  let listening: Promise<void> = Promise.resolve();
  return {
    kind: 'postgresql',
    ...sqlOver(pool),
    async transaction(work) {
      const client = await pool.connect();
      const topics: string[] = [];
      const answer = await atomically(client, async () => await work({
        ...sqlOver(client),
        async notify(topic) {
          topics.push(topic);
          await client.query('SELECT pg_notify($1, $2)', [channel, `${instance} ${topic}`]);
        },
      }));
      for (const topic of topics) onOwn?.(topic);
      return answer;
    },
    listen(onTopic, onGap) {
      onOwn = onTopic;
      listening = keepListening({ newClient, instance, onTopic, onGap, onError, signal: stopping.signal });
    },
    async close() {
      stopping.abort();
      await listening;
      await pool.end();
    },
  };
}

function sqlOver(client: Pool | PoolClient): Sql {
  return { query: async (text, values = []) => (await client.query<Record<string, SqlValue>>(text, values.map(bound))).rows.map(unbound) };
}

async function atomically<Answer>(client: PoolClient, work: () => Promise<Answer>): Promise<Answer> {
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const answer = await work();
    await client.query('COMMIT');
    return answer;
  } catch (error) {
    // A line on which not even a rollback works is not given back.
    broken = await client.query('ROLLBACK').then(() => undefined, (lost: unknown) => (lost instanceof Error ? lost : new Error(String(lost))));
    throw error;
  } finally {
    client.release(broken);
  }
}

type Listening = {
  readonly newClient: () => Client;
  readonly instance: string;
  readonly onTopic: (topic: string) => void;
  readonly onGap: () => void;
  readonly onError: (message: string) => void;
  readonly signal: AbortSignal;
};

/** One line that only listens. Each time it is made anew, what was said meanwhile is lost: then everybody reads again. */
async function keepListening(listening: Listening): Promise<void> {
  for (let attempt = 0; !listening.signal.aborted; attempt += 1) {
    const heard = await listenOnce(listening);
    if (heard) attempt = 0;
    if (!listening.signal.aborted) await pause(retryMs[Math.min(attempt, retryMs.length - 1)], undefined, { signal: listening.signal }).catch(() => undefined);
  }
}

/** Until the line ends. True when it had been listening. */
async function listenOnce({ newClient, instance, onTopic, onGap, onError, signal }: Listening): Promise<boolean> {
  const client = newClient();
  const ended = new Promise<void>((resolve) => {
    client.on('end', resolve);
    client.on('error', (error) => {
      onError(error.message);
      resolve();
    });
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  client.on('notification', ({ payload = '' }) => {
    const [from, topic = ''] = payload.split(' ');
    if (from !== instance) onTopic(topic);
  });
  try {
    await client.connect();
    await client.query(`LISTEN ${channel}`);
    onGap();
    const asking = setInterval(() => void client.query('SELECT 1').catch(() => client.end()), askMs);
    await ended;
    clearInterval(asking);
    return true;
  } catch (error) {
    onError(error instanceof Error ? error.message : String(error));
    return false;
  } finally {
    // It may be gone already.
    await client.end().catch(() => undefined);
  }
}

const int8 = 20;

/** `bigint` columns hold times and counts, which are exact as numbers. */
function numbersAsNumbers(types: CustomTypesConfig): CustomTypesConfig {
  return { getTypeParser: ((id: number, format: never) => (id === int8 ? Number : (types.getTypeParser(id, format) as unknown))) as CustomTypesConfig['getTypeParser'] };
}

function bound(value: SqlValue): string | number | Buffer | null {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

function unbound(row: Record<string, SqlValue>): SqlRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value instanceof Uint8Array ? Uint8Array.from(value) : value]));
}
