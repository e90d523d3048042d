/** A Countersign server with a log at a port, its store within reach of a hostile operator, and a client with a spool of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCountersignLog, type CountersignLogOptions, type LogMember } from '../../../src/adapters/audit/delivery/countersign.ts';
import { startDelivery, type Delivery } from '../../../src/adapters/audit/delivery/delivery.ts';
import type { Endpoint } from '../../../src/adapters/audit/delivery/endpoint.ts';
import { createSpool, type Spool } from '../../../src/adapters/audit/spool/spool.ts';
import { readStream } from '../../../src/adapters/audit/spool/streams.ts';
import type { Clock } from '../../../src/app/ports.ts';
import { epochMs } from '../../../src/core/brand.ts';
import { createLog } from '../../../src/server/log.ts';
import { serve, type RunningServer } from '../../../src/server/serve.ts';
import { openPostgres } from '../../../src/server/store/postgres.ts';
import { openSqlite } from '../../../src/server/store/sqlite.ts';
import type { Store } from '../../../src/server/store/store.ts';
import { softwareKey, type OwnKey } from '../confirmation/keys.ts';
import { signedTeam, teamBody } from '../confirmation/people.ts';
import { callAt, page, postTeam, type Call } from '../confirmation/relay.ts';
import type { SignedTeam } from '../../../src/core/approval/teamChain.ts';

export const openStoreAt = async (where: string): Promise<Store> => (where.startsWith('postgres') ? await openPostgres(where, () => undefined) : await openSqlite(where));

export type LogServer = { readonly server: RunningServer; readonly store: Store; readonly origin: string; readonly call: Call; close(): Promise<void> };

/** @param where - URL of a PostgreSQL database, or a file */
export async function startLogServer(where: string, port = 0): Promise<LogServer> {
  const store = await openStoreAt(where);
  const limits = { readsPerMinute: 1e7, writesPerMinute: 1e7, auditPerMinute: 1e7 };
  const server = await serve({ store, log: createLog(() => undefined), page, limits }, { host: '127.0.0.1', port });
  const origin = `http://127.0.0.1:${String(server.port)}`;
  return { server, store, origin, call: callAt(origin), close: async () => await server.close() };
}

/** A key, and whose it is. */
export type Owned = OwnKey & { readonly id: string };

/** Alice and Bob, with keys that programs can use. */
export type Team = { readonly alice: Owned; readonly bob: Owned; readonly signed: SignedTeam };

export async function newTeam(): Promise<Team> {
  const [alice, bob] = [{ ...(await softwareKey()), id: 'alice' }, { ...(await softwareKey()), id: 'bob' }];
  return { alice, bob, signed: await signedTeam(teamBody([{ id: 'alice', keys: [alice] }, { id: 'bob', keys: [bob] }]), [alice]) };
}

export async function introduce({ call }: LogServer, { signed }: Team): Promise<void> {
  const answer = await postTeam(call, signed);
  if (!answer.ok) throw new Error(await answer.text());
}

/** Waits a hundredth of what is asked for. */
export const fastClock: Clock = {
  now: () => epochMs(Date.now()),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds / 100);
    return () => clearTimeout(timer);
  },
};
export const patience = 3_000_000;

export type LogClient = {
  readonly folder: string;
  readonly spool: Spool;
  readonly alarms: readonly string[];
  endpoint(origin: string, change?: Partial<CountersignLogOptions>): Endpoint;
  deliver(endpoint: Endpoint): Promise<Delivery>;
  close(): Promise<void>;
};

export async function newLogClient(key: Owned, logs: LogMember['logs'] = [], files: readonly SignedTeam[] = []): Promise<LogClient> {
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-log-'));
  const spool = createSpool({ folder, clock: fastClock, start: () => ({ time: Date.now() }) });
  const alarms: string[] = [];
  const open: Delivery[] = [];
  return {
    folder,
    spool,
    alarms,
    endpoint: (origin, change = {}) =>
      createCountersignLog({
        name: 'log',
        url: new URL(origin),
        now: Date.now,
        folder,
        member: async () => await Promise.resolve({ team: 'shop', id: key.id, signer: key.signer, logs, files: async () => await Promise.resolve(files) }),
        earlier: async (stream, from, to) => (await readStream(folder, stream)).events.filter(({ seq }) => seq >= from && seq < to),
        onAlarm: (message) => alarms.push(message),
        ...change,
      }),
    async deliver(endpoint) {
      const delivery = await startDelivery({ folder, spool, endpoints: [endpoint], clock: fastClock, random: () => 0.5, timeoutMs: 1_000_000 });
      open.push(delivery);
      return delivery;
    },
    async close() {
      await Promise.all(open.map(async (delivery) => await delivery.close()));
      await spool.close();
      await rm(folder, { recursive: true });
    },
  };
}
