/** Records: what they add to a change, and what the log of a server takes beside the barest server that syncs as often. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createJournal } from '../../src/adapters/audit/journal.ts';
import { createCountersignLog } from '../../src/adapters/audit/delivery/countersign.ts';
import { startDelivery } from '../../src/adapters/audit/delivery/delivery.ts';
import { createSpool } from '../../src/adapters/audit/spool/spool.ts';
import type { Clock } from '../../src/app/ports.ts';
import type { ChainedEvent } from '../../src/core/audit/chain.ts';
import type { AuditRecord } from '../../src/core/audit/record.ts';
import { epochMs } from '../../src/core/brand.ts';
import { linesOf, sessionToken, stream } from '../support/audit/streams.ts';
import { newTeam } from '../support/audit/logServer.ts';
import { startInstance } from '../support/confirmation/instances.ts';
import { postTeam } from '../support/confirmation/relay.ts';

export type AuditTools = {
  readonly add: (what: string, ours: number, baseline: number, unit: string) => void;
  /** One change on a real database, from BEGIN to COMMIT. `before`: called when it may begin; `commit`: when it may be committed. */
  readonly change: (journal: { before(): Promise<unknown>; commit(): Promise<unknown>; after(): Promise<unknown> }) => Promise<void>;
};

const rounds = 150;
const clock: Clock = {
  now: () => epochMs(Date.now()),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};
const record: AuditRecord = { kind: 'intent', run: 'bench', time: epochMs(1), actor: { kind: 'human', osUser: 'ann', host: 'laptop' }, target: { connection: 'team:shop', environment: 'production', address: 'app@db:5432/shop' }, sql: 'UPDATE small SET v = v + 1 WHERE id < 10', class: 'write' };

export async function auditFigures({ add, change }: AuditTools): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-bench-'));
  const server = await startInstance(path.join(folder, 'log.sqlite'));
  const team = await newTeam();
  await postTeam(server.call, team.signed);
  const nothing = async (): Promise<void> => await Promise.resolve();
  const spool = createSpool({ folder: path.join(folder, 'spool'), clock, start: () => ({}) });
  const endpoint = createCountersignLog({ name: 'log', url: new URL(server.origin), now: Date.now, folder: path.join(folder, 'spool'), member: async () => await Promise.resolve({ team: 'shop', id: 'alice', signer: team.alice.signer, logs: [] }), earlier: async () => await Promise.resolve([]) });
  const local = createJournal({ spool, clock });
  const steps = (journal: typeof local) => ({ before: async () => await journal.intent(record), commit: async () => await journal.intent({ ...record, kind: 'commit-intent' }), after: async () => await journal.outcome({ ...record, kind: 'outcome', outcome: 'committed' }) });

  await perChange(change, { before: nothing, commit: nothing, after: nothing });
  const bare = await perChange(change, { before: nothing, commit: nothing, after: nothing });
  add('a change with its three records on disk, against none', await perChange(change, steps(local)), bare, 'ms');
  const delivery = await startDelivery({ folder: path.join(folder, 'spool'), spool, endpoints: [endpoint], clock, random: Math.random });
  const received = createJournal({ spool, clock, receipts: () => ({ kind: 'required', waitFor: async (event) => await delivery.waitFor(event, 60_000) }) });
  await perChange(change, steps(received));
  add('and its intent received by a log, receipt checked and kept', await perChange(change, steps(received)), bare, 'ms');
  await delivery.close();
  await spool.close();

  const token = await sessionToken(server.call, team.alice, new URL(server.origin).host);
  const plain = await startBare(path.join(folder, 'bare.jsonl'));
  for (const [size, senders] of [[1, 1], [1, 32], [50, 8]] as const) {
    const [ours, baseline] = [await eventsPerSecond(server.port, { size, senders, token }), await eventsPerSecond(plain.port, { size, senders, token })];
    add(`events/s into a log, ${String(senders)} senders, ${String(size)} at once, against node:http that syncs`, ours, baseline, '/s');
  }
  plain.stop();
  await server.stop();
  await rm(folder, { recursive: true });
}

/** Milliseconds, of the better half. */
async function perChange(change: AuditTools['change'], journal: Parameters<AuditTools['change']>[0]): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    await change(journal);
    times.push(performance.now() - started);
  }
  const better = times.toSorted((a, b) => a - b).slice(0, rounds / 2);
  return better.reduce((sum, each) => sum + each, 0) / better.length;
}

/** Keeps what comes in a file, on disk before it answers, and knows nothing else. */
async function startBare(file: string): Promise<{ readonly port: number; stop(): void }> {
  const code = `
    const fs = require('node:fs'); const file = fs.openSync(process.argv[1], 'a');
    require('node:http').createServer((request, response) => {
      const parts = [];
      request.on('data', (part) => parts.push(part));
      request.on('end', () => { fs.writeSync(file, Buffer.concat(parts)); fs.fdatasyncSync(file); response.writeHead(201, { 'content-type': 'application/json' }); response.end('{}'); });
    }).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;
  const child = spawn(process.execPath, ['-e', code, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { port: Number(String(line)), stop: () => void child.kill() };
}

const seconds = 2;

/** Every sender has a stream and a line of its own, and sends when the answer has come. */
async function eventsPerSecond(port: number, { size, senders, token }: { readonly size: number; readonly senders: number; readonly token: string }): Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: senders });
  const streams = Array.from({ length: senders }, () => stream(senders === 1 ? 6000 : 1500, undefined, (index) => ({ ...record, run: String(index) })));
  const end = performance.now() + seconds * 1000;
  const started = performance.now();
  let sent = 0;
  await Promise.all(streams.map(async (events) => {
    for (let at = 0; at < events.length && performance.now() < end; at += size) {
      await post(agent, port, { token, events: events.slice(at, at + size) });
      sent += Math.min(size, events.length - at);
    }
  }));
  agent.destroy();
  return sent / ((performance.now() - started) / 1000);
}

async function post(agent: http.Agent, port: number, { token, events }: { readonly token: string; readonly events: readonly ChainedEvent[] }): Promise<void> {
  const body = Buffer.from(JSON.stringify({ since: 0, lines: linesOf(events) }));
  await new Promise<void>((resolve, reject) => {
    const request = http.request({ agent, port, host: '127.0.0.1', method: 'POST', path: '/v1/audit', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'content-length': body.length } }, (response) => {
      response.resume();
      response.on('end', () => (response.statusCode === 201 ? resolve() : reject(new Error(`answered ${String(response.statusCode)}`))));
    });
    request.on('error', reject);
    request.end(body);
  });
}
