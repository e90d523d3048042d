/** The confirmation server under load: what a client that waits costs, and how soon it hears of a decision. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { b64u } from '../../src/core/approval/bytes.ts';
import { crypto } from '../support/confirmation/keys.ts';
import { startInstance } from '../support/confirmation/instances.ts';
import type { Instance } from '../support/confirmation/instances.ts';
import { cast, fileOn, postTeam } from '../support/confirmation/relay.ts';
import type { Filed } from '../support/confirmation/relay.ts';
import { until } from '../support/until.ts';

export type LoadFigures = { readonly clients: number; readonly bytesPerClient: number; readonly p50Ms: number; readonly p99Ms: number };

const perRequest = 10;
const atOnce = 200;

/** Opens so many waiting clients, ten for each request, then decides `decisions` times and times every arrival. */
export async function confirmationLoad(clients: number, decisions: number): Promise<LoadFigures> {
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-bench-'));
  const instance = await startInstance(path.join(folder, 'store.sqlite'));
  const people = await cast();
  await postTeam(instance.call, people.signed);
  const filed: Filed[] = [];
  for (let n = 0; n < clients / perRequest; n += 1) filed.push(await fileOn(instance.call, people, { lifetimeMs: 3_600_000 }));
  const before = await memoryOf(instance);

  const arrivals: ((at: number) => void)[] = filed.map(() => () => undefined);
  const sockets: Socket[] = [];
  let open = 0;
  for (let start = 0; start < clients; start += atOnce) {
    const batch = Array.from({ length: Math.min(atOnce, clients - start) }, (_, n) => (start + n) % filed.length);
    sockets.push(...batch.flatMap((index) => wait(instance.port, filed[index], () => (open += 1), (at) => arrivals[index]?.(at))));
    await until('the clients wait', () => open >= sockets.length, 60_000);
  }
  const after = await memoryOf(instance);

  const times: number[] = [];
  for (let n = 0; n < decisions; n += 1) {
    const index = n % filed.length;
    const request = filed[index];
    if (request === undefined) continue;
    const sent = performance.now();
    const all = new Promise<void>((resolve) => {
      let left = perRequest;
      arrivals[index] = (at) => {
        times.push(at - sent);
        left -= 1;
        if (left === 0) resolve();
      };
    });
    await instance.call(`/v1/requests/${request.id}/decisions`, { token: request.token, json: { box: b64u(crypto.random(600)) } });
    await all;
  }
  for (const socket of sockets) socket.destroy();
  await instance.stop();
  await rm(folder, { recursive: true });
  times.sort((a, b) => a - b);
  const at = (part: number): number => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? Number.NaN;
  return { clients, bytesPerClient: Math.round((after - before) / clients), p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** As little as a client can be, so that the machine's memory is the server's. */
function wait(port: number, request: Filed | undefined, onOpen: () => void, onDecision: (at: number) => void): readonly Socket[] {
  if (request === undefined) return [];
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET /v1/requests/${request.id}/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nAuthorization: Bearer ${request.token}\r\n\r\n`);
  let isOpen = false;
  socket.on('data', (data) => {
    if (!isOpen && data.includes('retry:')) {
      isOpen = true;
      onOpen();
    }
    if (data.includes('event: decision')) onDecision(performance.now());
  });
  return [socket];
}

async function memoryOf({ process: server }: Instance): Promise<number> {
  server.send('memory');
  const [bytes] = (await once(server, 'message')) as [number];
  return bytes;
}
