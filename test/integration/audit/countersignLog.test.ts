/** Records on their way into a Countersign log on either store: each kept once, in order, with a receipt that was checked and is on disk. */
import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createCursor } from '../../../src/adapters/audit/delivery/cursor.ts';
import { compactCheckpoints } from '../../../src/adapters/audit/delivery/compactCheckpoints.ts';
import { checkpointsFile, createKeptLog, logFolder, pinFile, receiptsFile, type KeptReceipt } from '../../../src/adapters/audit/delivery/countersignKept.ts';
import { splitNotes } from '../../../src/core/audit/checkpointNote.ts';
import { startDelivery } from '../../../src/adapters/audit/delivery/delivery.ts';
import { createSpool } from '../../../src/adapters/audit/spool/spool.ts';
import { readStream } from '../../../src/adapters/audit/spool/streams.ts';
import { verifyKept } from '../../../src/adapters/audit/verifyKept.ts';
import { parseB64u } from '../../../src/core/approval/bytes.ts';
import { parseReceiptLines } from '../../../src/core/audit/verifyReceipts.ts';
import { parseReceipt } from '../../../src/protocol/audit.ts';
import { fastClock, introduce, newLogClient, newTeam, openStoreAt, patience, startLogServer, type LogClient, type LogServer, type Team } from '../../support/audit/logServer.ts';
import { postEvents, rootOfEvents, sessionToken, stream } from '../../support/audit/streams.ts';
import { startInstance } from '../../support/confirmation/instances.ts';
import { crypto, softwareKey } from '../../support/confirmation/keys.ts';
import { postTeam } from '../../support/confirmation/relay.ts';
import { startTcpProxy } from '../../support/tcpProxy.ts';
import { until } from '../../support/until.ts';
import { createTestDatabase } from '../../support/postgres.ts';

let folder = '';
let team: Team;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-logs-'));
  team = await newTeam();
});
after(async () => await rm(folder, { recursive: true }));

for (const kind of ['sqlite', 'postgresql'] as const) {
  describe(`a log in ${kind}`, () => {
    let log: LogServer;
    before(async () => {
      log = await startLogServer(kind === 'sqlite' ? path.join(folder, 'log.sqlite') : (await createTestDatabase()).url());
      await introduce(log, team);
    });
    after(async () => await log.close());
    const kept = async (stream = '') => await log.store.query('SELECT seq, line, leaf FROM audit_events WHERE stream = $1 ORDER BY leaf', [stream]);

    it('takes what is recorded, and its receipts are on disk before it counts as received', async () => {
      const client = await newLogClient(team.alice);
      try {
        const delivery = await client.deliver(client.endpoint(log.origin));
        for (let n = 0; n < 25; n += 1) {
          const { stream, seq } = await client.spool.append({ kind: 'read', n });
          await delivery.waitFor({ stream, seq }, patience);
          const notes = splitNotes(await readFile(path.join(logFolder(client.folder, 'log'), checkpointsFile), 'utf8'));
          assert.ok(notes.length > n, 'a checkpoint for each');
        }
        const stream = client.spool.head?.stream ?? '';
        const { events } = await readStream(client.folder, stream);
        assert.deepEqual((await kept(stream)).map(({ line }) => line), events.map((event) => JSON.stringify(event)));
        const receipts = (await readFile(path.join(client.folder, stream, receiptsFile('log')), 'utf8')).trim().split('\n').map((line) => JSON.parse(line));
        const covered = receipts.flatMap(({ runs }: { runs: { seq: number; count: number }[] }) => runs.flatMap(({ seq, count }) => Array.from({ length: count }, (_, index) => seq + index)));
        assert.deepEqual([...new Set(covered)], events.map(({ seq }) => seq));
      } finally {
        await client.close();
      }
    });

    it('each event once and in order, however often lines are cut', async () => {
      const proxy = await startTcpProxy({ host: '127.0.0.1', port: log.server.port });
      const client = await newLogClient(team.bob);
      try {
        const url = `http://127.0.0.1:${String(proxy.port)}`;
        const delivery = await client.deliver(client.endpoint(url));
        for (let n = 0; n < 60; n += 1) {
          await client.spool.append({ kind: 'read', n, text: 'x'.repeat(n * 50) });
          if (n % 7 === 3) proxy.cutAll();
          if (n % 20 === 5) await proxy.cutAfterRequest((chunk) => chunk.includes('POST /v1/audit'));
        }
        const { stream = '' } = client.spool.head ?? {};
        await delivery.waitFor({ stream, seq: 61 }, patience);
        assert.deepEqual((await kept(stream)).map(({ seq }) => seq), Array.from({ length: 61 }, (_, index) => index + 1));
        assert.deepEqual(client.alarms, []);
        await delivery.close();
      } finally {
        await client.close();
        await proxy.stop();
      }
    });
  });
}

describe('a log that is met', () => {
  let log: LogServer;
  before(async () => (log = await startLogServer(path.join(folder, 'met.sqlite'))));
  after(async () => await log.close());

  const troubleOf = async (client: LogClient, change: Parameters<LogClient['endpoint']>[1] = {}): Promise<string> => {
    const delivery = await client.deliver(client.endpoint(log.origin, change));
    await client.spool.append({ kind: 'read' });
    await until('it was received or refused', () => delivery.status().some(({ behind, trouble }) => behind === 0 || trouble !== undefined));
    const trouble = delivery.status()[0]?.trouble ?? '';
    await delivery.close();
    return trouble;
  };

  it('for the first time is brought the team’s files, and pinned', async () => {
    const client = await newLogClient(team.alice, [], [team.signed]);
    try {
      assert.equal(await troubleOf(client), '');
      const pinned = JSON.parse(await readFile(path.join(logFolder(client.folder, 'log'), pinFile), 'utf8'));
      assert.match(pinned.origin, /^countersign-log\/[\w-]{16}\/shop$/u);
      assert.equal(await troubleOf(client, { member: async () => await Promise.resolve({ team: 'shop', id: 'alice', signer: team.alice.signer, logs: [pinned] }) }), '', 'the team file names it');
    } finally {
      await client.close();
    }
  });

  it('keeps of its old checkpoints what receipts go on from, and what it did not sign; the rest the newer ones stand for', async () => {
    await introduce(log, team);
    const client = await newLogClient(team.alice);
    try {
      const delivery = await client.deliver(client.endpoint(log.origin));
      for (let n = 0; n < 12; n += 1) await delivery.waitFor(await client.spool.append({ kind: 'read', n }), patience);
      await delivery.close();
      const own = logFolder(client.folder, 'log');
      const file = path.join(own, checkpointsFile);
      const notes = async (): Promise<readonly string[]> => splitNotes(await readFile(file, 'utf8'));
      const [newest = assert.fail()] = (await notes()).slice(-1);
      const { origin, pub } = JSON.parse(await readFile(path.join(own, pinFile), 'utf8')) as { origin: string; pub: string };
      const key = { origin, pub: parseB64u(pub) ?? assert.fail() };
      // Years of work: signed, and of no receipt.
      const old = (await notes())[0] ?? assert.fail();
      await writeFile(file, `${`${old}\n`.repeat(700)}${await readFile(file, 'utf8')}`);
      await appendFile(file, `${newest.replace(/\n\d+\n/u, '\n9999\n')}\n${newest}\n`.repeat(300));
      const before = (await notes()).length;
      const stream = client.spool.head?.stream ?? '';
      const wanted = parseReceiptLines(await readFile(path.join(client.folder, stream, receiptsFile('log')), 'utf8'), (value) => (value as { since: number }).since).filter((since) => since > 0);
      const seen = createKeptLog(crypto, client.folder, 'log');
      const size = (await seen.latest(key))?.checkpoint.size;
      await compactCheckpoints({ crypto, log: key, file, folder: client.folder, receipts: receiptsFile('log') });
      const after = await notes();
      assert.ok(after.length < before - 600, `${String(before)} → ${String(after.length)}`);
      const sizes = new Set(after.map((note) => Number(note.split('\n')[1])));
      assert.deepEqual(wanted.filter((since) => !sizes.has(since)), []);
      assert.equal(after.filter((note) => note.includes('\n9999\n')).length, 300, 'what somebody put in is still found');
      assert.equal((await seen.latest(key))?.checkpoint.size, size, 'another window goes on');
      await writeFile(file, after.filter((note) => !note.includes('\n9999\n')).map((note) => `${note}\n`).join(''));
      assert.deepEqual(await verifyKept(client.folder, [await readStream(client.folder, stream)]), []);

      // By itself, with the next receipt.
      await writeFile(file, `${`${old}\n`.repeat(700)}${await readFile(file, 'utf8')}`);
      const small = createKeptLog(crypto, client.folder, 'log', 10_000);
      const [latest, [receipt]] = [(await small.latest((await small.pinned()) ?? assert.fail())) ?? assert.fail(), parseReceiptLines(await readFile(path.join(client.folder, stream, receiptsFile('log')), 'utf8'), (value) => value as KeptReceipt).slice(-1)];
      await small.keep(receipt ?? assert.fail(), { ...latest.checkpoint, size: latest.checkpoint.size + 1 });
      await until('it was made smaller', async () => (await notes()).length < 700);
    } finally {
      await client.close();
    }
  });

  it('takes what one member left behind from that member only, and holds nobody else up', async () => {
    await introduce(log, team);
    const client = await newLogClient(team.alice);
    const member = { team: 'shop', id: 'bob', signer: team.bob.signer, logs: [] };
    const leave = async (by: Parameters<LogClient['endpoint']>[1], count: number): Promise<string> => {
      const spool = createSpool({ folder: client.folder, clock: fastClock, start: () => ({}) });
      const delivery = await startDelivery({ folder: client.folder, spool, endpoints: [client.endpoint(log.origin, by)], clock: fastClock, random: () => 0.5, timeoutMs: 1_000_000 });
      await delivery.waitFor(await spool.append({ kind: 'read' }), patience);
      await delivery.close();
      for (let n = 0; n < count; n += 1) await spool.append({ kind: 'read', n });
      const { stream = '' } = spool.head ?? {};
      await spool.close();
      return stream;
    };
    const received = async (stream: string): Promise<number> => (await log.store.query('SELECT seq FROM audit_events WHERE stream = $1', [stream])).length;
    try {
      const first = await leave({}, 2);
      const second = await leave({ member: async () => await Promise.resolve(member) }, 0);
      assert.deepEqual([await received(first), await received(second)], [2, 2]);
      await leave({}, 0);
      assert.equal(await received(first), 4);
      assert.deepEqual(client.alarms, []);
    } finally {
      await client.close();
    }
  });

  it('is refused when the team file names another one, when it became another one, and when nobody here is a member', async () => {
    const other = await startLogServer(path.join(folder, 'other.sqlite'));
    await introduce(other, team);
    const client = await newLogClient(team.alice, [], [team.signed]);
    const stranger = await newLogClient(team.alice, [{ origin: 'countersign-log/another/shop', pub: 'AAAA' }], [team.signed]);
    const nobody = await newLogClient({ ...(await softwareKey()), id: 'nobody' }, [], [team.signed]);
    try {
      assert.match(await troubleOf(stranger), /another log/u);
      assert.equal(stranger.alarms.length, 1);
      assert.equal(await troubleOf(client), '');
      const delivery = await client.deliver(client.endpoint(other.origin));
      await client.spool.append({ kind: 'read' });
      await until('it was refused', () => delivery.status()[0]?.trouble?.includes('not signed with the key') === true);
      await until('it was said', () => client.alarms.length === 1);
      await delivery.close();
      assert.match(await troubleOf(nobody), /not signed by a key in force of a member/u);
      assert.match(await troubleOf(client, { name: 'second', member: async () => await Promise.resolve(undefined) }), /no key on this machine belongs to a member/u);
    } finally {
      await Promise.all([client.close(), stranger.close(), nobody.close()]);
      await other.close();
    }
  });

  it('and lacks the beginning of a stream is brought that too', async () => {
    const client = await newLogClient(team.alice, [], [team.signed]);
    try {
      for (let n = 0; n < 5; n += 1) await client.spool.append({ kind: 'read', n });
      const { stream = '', seq = 0, hash = '' } = client.spool.head ?? {};
      // The cursor says that all of it was delivered.
      await createCursor(client.folder, stream, 'log').write({ seq, hash: hash as never });
      assert.equal(await troubleOf(client), '');
      const rows = await log.store.query('SELECT seq FROM audit_events WHERE stream = $1 ORDER BY seq', [stream]);
      assert.deepEqual(rows.map((row) => row['seq']), [1, 2, 3, 4, 5, 6, 7]);
    } finally {
      await client.close();
    }
  });
});

describe('two instances on one PostgreSQL', () => {
  it('build one tree: nothing is lost or doubled when one of them is killed again and again', async () => {
    const where = (await createTestDatabase()).url();
    const first = await startInstance(where);
    let second = await startInstance(where);
    await postTeam(first.call, team.signed);
    const tokens = new Map([[first.origin, await sessionToken(first.call, team.alice, new URL(first.origin).host)]]);
    const acknowledged: { readonly stream: string; readonly seq: number; readonly leaf: number }[] = [];
    let stopping = false;
    /** Sends a stream of its own, event by event, to whichever instance answers, until it is told to stop. */
    const write = async (turn: number): Promise<void> => {
      const events = stream(4000);
      for (let at = 0, attempt = turn; at < events.length && !stopping; attempt += 1) {
        const call = attempt % 2 === 0 ? first.call : second.call;
        const answer = await postEvents(call, tokens.get(first.origin) ?? '', events.slice(at, at + 1 + (at % 5))).catch(() => undefined);
        if (answer?.ok !== true) continue;
        const receipt = parseReceipt(await answer.json().catch(() => undefined));
        for (const run of receipt?.runs ?? []) for (let index = 0; index < run.count; index += 1) acknowledged.push({ stream: run.stream, seq: run.seq + index, leaf: run.leaf + index });
        if (receipt !== undefined) at += 1 + (at % 5);
      }
    };
    const writers = [0, 1, 2, 3].map(write);
    for (let round = 0; round < 4; round += 1) {
      const before = acknowledged.length;
      await until('events were acknowledged', () => acknowledged.length > before + 40);
      await second.kill();
      second = await startInstance(where);
    }
    const before = acknowledged.length;
    await until('events were acknowledged', () => acknowledged.length > before + 40);
    stopping = true;
    await Promise.all(writers);
    const store = await openStoreAt(where);
    const rows = (await store.query('SELECT leaf, stream, seq, member, hash FROM audit_events ORDER BY leaf')).map(({ leaf, stream: name, seq, member, hash }) => ({ leaf: Number(leaf), stream: String(name), seq: Number(seq), member: String(member), hash: String(hash) }));
    assert.deepEqual(rows.map(({ leaf }) => leaf), rows.map((_, index) => index));
    const places = new Map(rows.map((row) => [`${row.stream} ${String(row.seq)}`, row.leaf]));
    assert.equal(places.size, rows.length);
    for (const { stream: name, seq, leaf } of acknowledged) assert.equal(places.get(`${name} ${String(seq)}`), leaf);
    const [head] = await store.query('SELECT size, roots FROM audit_heads');
    assert.equal(head?.['size'], rows.length);
    const { note } = (await (await first.call('/v1/audit/checkpoint', { token: tokens.get(first.origin) ?? '' })).json()) as { note: string };
    assert.ok(note.includes(Buffer.from(rootOfEvents(rows)).toString('base64')), 'the signed tree is that of the events');
    await store.close();
    await Promise.all([first.stop(), second.stop()]);
  });
});
