/** A log that lies in its answers: whatever it changes in a receipt, nothing counts as received and nothing that is kept is replaced. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { checkpointsFile, logFolder } from '../../../src/adapters/audit/delivery/countersignKept.ts';
import { readStream } from '../../../src/adapters/audit/spool/streams.ts';
import type { Receipt, Run } from '../../../src/core/audit/receipt.ts';
import { introduce, newLogClient, newTeam, startLogServer, type LogClient, type LogServer, type Team } from '../../support/audit/logServer.ts';
import { createChance } from '../../support/confirmation/chance.ts';

type Lie = (receipt: Receipt, former: Receipt) => unknown;

let folder = '';
let team: Team;
let log: LogServer;
let liar: http.Server;
let origin = '';
let lie: Lie | undefined;
let honest: Receipt | undefined;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-liar-'));
  team = await newTeam();
  log = await startLogServer(path.join(folder, 'log.sqlite'));
  await introduce(log, team);
  // Between the client and the log; the member's login is for the log's own address.
  liar = http.createServer((request, response) => void pass(request, response));
  liar.listen(0, '127.0.0.1');
  await once(liar, 'listening');
  origin = `http://127.0.0.1:${String((liar.address() as AddressInfo).port)}`;
});
after(async () => {
  liar.close();
  await log.close();
  await rm(folder, { recursive: true });
});

async function pass(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const body = await text(request);
  const headers = { host: request.headers.host ?? '', ...(request.headers.authorization === undefined ? {} : { authorization: request.headers.authorization }), 'content-type': 'application/json' };
  const upstream = http.request({ port: log.server.port, host: '127.0.0.1', method: request.method, path: request.url, headers: { ...headers, 'content-length': Buffer.byteLength(body) } });
  upstream.end(body);
  const [answer] = (await once(upstream, 'response')) as [http.IncomingMessage];
  const said = await text(answer);
  const isReceipt = request.url === '/v1/audit' && answer.statusCode !== undefined && answer.statusCode < 300;
  const receipt = isReceipt ? (JSON.parse(said) as Receipt) : undefined;
  const told = receipt !== undefined && lie !== undefined && honest !== undefined ? JSON.stringify(lie(receipt, honest)) : said;
  if (receipt !== undefined && lie === undefined) honest = receipt;
  response.writeHead(answer.statusCode ?? 500, { 'content-type': 'application/json' });
  response.end(told);
}

const other = 'A'.repeat(43);
const run = (receipt: Receipt, change: (run: Run) => Partial<Run>): Receipt => ({ ...receipt, runs: receipt.runs.map((each) => ({ ...each, ...change(each) })) });
const lies: readonly (readonly [string, Lie])[] = [
  ['the checkpoint of before', (receipt, former) => ({ ...receipt, note: former.note })],
  ['the whole receipt of before', (_, former) => former],
  ['no proof that it grew', (receipt) => ({ ...receipt, consistency: [] })],
  ['another proof that it grew', (receipt) => ({ ...receipt, consistency: (receipt.consistency ?? []).map(() => other) })],
  ['that it is smaller', (receipt) => ({ ...receipt, consistency: null })],
  ['that nothing was kept before', (receipt) => ({ ...receipt, since: 0, consistency: [] })],
  ['no runs', (receipt) => ({ ...receipt, runs: [] })],
  ['a run of another stream', (receipt) => run(receipt, () => ({ stream: 'f'.repeat(24) }))],
  ['another first event', (receipt) => run(receipt, ({ seq }) => ({ seq: seq + 1 }))],
  ['another place', (receipt) => run(receipt, ({ leaf }) => ({ leaf: leaf - 1 }))],
  ['more events than were sent', (receipt) => run(receipt, ({ count }) => ({ count: count + 1 }))],
  ['another sender', (receipt) => run(receipt, () => ({ member: 'bob' }))],
  ['no proof of the place', (receipt) => run(receipt, () => ({ proof: [] }))],
  ['another proof of the place', (receipt) => run(receipt, ({ proof }) => ({ proof: proof.map(() => other) }))],
  ['a larger size in the signed text', (receipt) => ({ ...receipt, note: receipt.note.replace(/\n(\d+)\n/u, (_, size: string) => `\n${String(Number(size) + 1)}\n`) })],
  ['another origin', (receipt) => ({ ...receipt, note: receipt.note.replaceAll('/shop', '/shup') })],
  ['something that is no receipt', () => ({ ok: true })],
];

describe('a log that answers with', () => {
  let client: LogClient;
  before(async () => {
    client = await newLogClient(team.alice);
    await send(client);
  });
  after(async () => await client.close());

  const send = async (by: LogClient): Promise<string> => {
    await by.spool.append({ kind: 'read', n: 1 });
    const { events } = await readStream(by.folder, by.spool.head?.stream ?? '');
    const endpoint = by.endpoint(origin);
    const result = await endpoint.send(events.slice(-2), new AbortController().signal);
    return result.kind === 'accepted' ? 'accepted' : result.why;
  };
  const kept = async (): Promise<string> => await readFile(path.join(logFolder(client.folder, 'log'), checkpointsFile), 'utf8');

  for (const [what, how] of lies) {
    it(`${what} is not believed, and believed again when it tells the truth`, async () => {
      const before = await kept();
      lie = how;
      try {
        assert.notEqual(await send(client), 'accepted');
        assert.equal(await kept(), before);
      } finally {
        lie = undefined;
      }
      assert.equal(await send(client), 'accepted');
      assert.ok((await kept()).startsWith(before), 'what was kept stays');
    });
  }

  it('the name of somebody else, and a tree that says so too, is an alarm', async () => {
    const endpoint = client.endpoint(origin, { member: async () => await Promise.resolve({ team: 'shop', id: 'carol', signer: team.alice.signer, logs: [] }) });
    await client.spool.append({ kind: 'read', n: 1 });
    const { events } = await readStream(client.folder, client.spool.head?.stream ?? '');
    const result = await endpoint.send(events.slice(-1), new AbortController().signal);
    assert.match(result.kind === 'accepted' ? '' : result.why, /somebody else sent/u);
  });

  it('any single letter changed', async () => {
    const chance = createChance(9162);
    for (let round = 0; round < 120; round += 1) {
      let changed = '';
      lie = (receipt) => {
        const honestly = JSON.stringify(receipt);
        const at = chance.below(honestly.length);
        changed = honestly.slice(0, at) + (honestly.charAt(at) === 'a' ? 'b' : 'a') + honestly.slice(at + 1);
        try {
          return JSON.parse(changed) as unknown;
        } catch {
          // No JSON any more.
          return undefined;
        }
      };
      const before = await kept();
      const said = await send(client).finally(() => (lie = undefined));
      assert.notEqual(said, 'accepted', changed);
      assert.equal(await kept(), before);
      assert.equal(await send(client), 'accepted');
    }
  });
});
