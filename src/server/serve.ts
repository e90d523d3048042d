/** Puts the server together and gives it a port. Used by the command line, and embedded by the editor. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { createCrypto } from '../core/approval/crypto.ts';
import { createAuditLog } from './audit/auditLog.ts';
import { createCheckpointSigner } from './audit/checkpointSigner.ts';
import { createApp } from './app.ts';
import { defaultLimits } from './limits.ts';
import type { Limits } from './limits.ts';
import type { Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import type { PageFiles } from './page.ts';
import { createRequests } from './requests.ts';
import { createTokens, loadServerKey } from './serverKey.ts';
import { migrate } from './store/migrations.ts';
import type { Store } from './store/store.ts';
import { createTeams } from './teams.ts';
import type { TeamAdmission } from './teams.ts';
import { createWaiting } from './waiting.ts';

export type ServerOptions = {
  readonly store: Store;
  readonly log: Log;
  readonly page: PageFiles;
  readonly admission?: TeamAdmission;
  readonly limits?: Partial<Limits>;
  /** True behind a proxy that sets X-Forwarded-For. */
  readonly trustProxy?: boolean;
  readonly now?: () => number;
};

/** The server without a port: `app.request` calls it in the same process. */
export interface RunningApp {
  readonly app: Hono;
  /** Ends what is over; also called by itself. */
  sweep(): Promise<void>;
  /** Ends every waiting stream; clients come back, to another instance or a moment later. */
  sayGoodbye(): void;
  /** After the last call has been answered. */
  close(): Promise<void>;
}

const sweepEverySeconds = 5;

/** Brings the store up to date first. Rejects when it cannot be used. */
export async function startApp({ store, log, page, admission = 'first', trustProxy = false, now = Date.now, ...options }: ServerOptions): Promise<RunningApp> {
  const crypto = createCrypto(globalThis.crypto);
  await migrate(store);
  const limits = { ...defaultLimits, ...options.limits };
  const key = await loadServerKey(crypto, store);
  const metrics = createMetrics();
  const teams = createTeams({ crypto, store, admission, now });
  const requests = createRequests({ crypto, store, teams, key, limits, now });
  const audit = createAuditLog({ store, signer: await createCheckpointSigner(crypto, key), now });
  const waiting = createWaiting(limits, everySecond);
  const sweep = async (): Promise<void> => {
    await requests.sweep().catch((error: unknown) => log.warn('sweeping failed', { error: error instanceof Error ? error.name : 'unknown' }));
  };
  store.listen(
    (topic) => waiting.wake(topic),
    () => {
      metrics.count('countersign_store_gaps_total');
      void waiting.wakeAll();
    },
  );
  let second = 0;
  const stopSweeping = everySecond(() => {
    second += 1;
    if (second % sweepEverySeconds === 0) void sweep();
  });
  const app = createApp({ crypto, store, requests, teams, waiting, audit, key, tokens: createTokens(crypto, key.secret, now), limits, metrics, log, page, trustProxy, now });
  return {
    app,
    sweep,
    sayGoodbye: () => waiting.close(),
    async close() {
      stopSweeping();
      waiting.close();
      await store.close();
    },
  };
}

function everySecond(tick: () => void): () => void {
  const timer = setInterval(tick, 1000);
  timer.unref();
  return () => clearInterval(timer);
}

export interface RunningServer extends RunningApp {
  readonly port: number;
}

const patienceMs = 5000;

/** @param address - port 0 takes any free one. Rejects when it is taken, and has closed the store then. */
export async function serve(options: ServerOptions, address: { readonly host: string; readonly port: number }): Promise<RunningServer> {
  const running = await startApp(options);
  const server = createAdaptorServer({ fetch: running.app.fetch }) as Server;
  const calls = countCalls(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  }).catch(async (error: unknown) => {
    running.sayGoodbye();
    await running.close();
    throw error;
  });
  const { port } = server.address() as AddressInfo;
  options.log.info('listening', { host: address.host, port, store: options.store.kind });
  return { ...running, port, close: async () => await stop(server, calls, running, options.log) };
}

/** Takes no new calls, lets those under way finish, says goodbye to those who wait, then closes the store. */
async function stop(server: Server, calls: CallCount, running: RunningApp, log: Log): Promise<void> {
  log.info('stopping');
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const givingUp = new AbortController();
  const late = pause(patienceMs, undefined, { signal: givingUp.signal }).catch(() => undefined);
  running.sayGoodbye();
  await Promise.race([calls.none(), late]);
  // What is left are connections that clients keep open for a next call.
  server.closeAllConnections();
  await closed;
  givingUp.abort();
  await running.close();
  log.info('stopped');
}

interface CallCount {
  /** Resolves as soon as no call is under way. */
  none(): Promise<void>;
}

function countCalls(server: Server): CallCount {
  let calls = 0;
  let onNone: (() => void) | undefined;
  server.on('request', (_, response) => {
    calls += 1;
    response.once('close', () => {
      calls -= 1;
      if (calls === 0) onNone?.();
    });
  });
  return {
    async none() {
      if (calls === 0) return;
      await new Promise<void>((resolve) => {
        onNone = resolve;
      });
    },
  };
}
