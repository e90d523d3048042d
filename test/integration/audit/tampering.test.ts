/**
 * The game: an operator who owns the key and the database of the log rewrites it. Every client that kept an older checkpoint finds
 * it with its next record, and `audit verify` says which event it was.
 */
import assert from 'node:assert/strict';
import { copyFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createLogWord } from '../../../src/adapters/audit/heardCheckpoints.ts';
import { crypto } from '../../support/confirmation/keys.ts';
import { checkpointsFile, logFolder } from '../../../src/adapters/audit/delivery/countersignKept.ts';
import { chainEvent, newStream } from '../../../src/core/audit/chain.ts';
import { sha256 } from '../../../src/adapters/audit/spool/digest.ts';
import { splitNotes } from '../../../src/core/audit/checkpointNote.ts';
import { audit } from '../../support/audit/auditCli.ts';
import { introduce, newLogClient, newTeam, patience, startLogServer, type LogClient, type LogServer, type Team } from '../../support/audit/logServer.ts';
import { relinked, rewrite, rowsOf, type Row } from '../../support/audit/operator.ts';
import { backUpSqlite } from '../../../src/server/store/sqlite.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { until } from '../../support/until.ts';

let folder = '';
let team: Team;
const file = (name: string): string => path.join(folder, name);
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-game-'));
  team = await newTeam();
  await writeFile(file('team.jsonc'), team.signed.file);
  await writeFile(file('team.sig.json'), JSON.stringify(team.signed.signatures));
  // Bob looks into the log as an auditor.
  await writeFile(file('bob.key'), JSON.stringify({ v: 1, alg: 'es256', pub: team.bob.record.pub, pkcs8: team.bob.secret }));
});
after(async () => await rm(folder, { recursive: true }));

type Game = { readonly where: string; readonly client: LogClient; log: LogServer };

/** Alice recorded 20 events and Bob 10, one after the other into the same log. */
async function play(where: string): Promise<Game> {
  const log = await startLogServer(where);
  await introduce(log, team);
  const [client, other] = [await newLogClient(team.alice), await newLogClient(team.bob)];
  const [delivery, second] = [await client.deliver(client.endpoint(log.origin)), await other.deliver(other.endpoint(log.origin))];
  for (let n = 0; n < 20; n += 1) {
    await delivery.waitFor(await client.spool.append({ kind: 'read', n, time: 1_790_000_000_000 + n, sql: `SELECT ${String(n)}` }), patience);
    if (n % 2 === 0) await second.waitFor(await other.spool.append({ kind: 'read', n, time: 1_790_000_000_000 + n }), patience);
  }
  await Promise.all([delivery.close(), other.close()]);
  return { where, client, log };
}

/** What Alice's program makes of the next record. */
async function recordOneMore({ client, log }: Game): Promise<string> {
  const delivery = await client.deliver(client.endpoint(log.origin));
  try {
    await client.spool.append({ kind: 'read', n: 'one more' });
    await until('it was received or refused', () => delivery.status().some(({ behind, trouble }) => behind === 0 || trouble !== undefined));
    return delivery.status()[0]?.trouble ?? 'received';
  } finally {
    await delivery.close();
  }
}

const verify = async ({ client, log }: Game, ...more: readonly string[]) =>
  await audit('verify', '--folder', client.folder, '--server', log.origin, '--team', file('team.jsonc'), '--key', file('bob.key'), ...more);

const at = <Item>(items: readonly Item[], index: number): Item => items[index] ?? assert.fail(`there is no ${String(index)}`);

type Move = {
  readonly what: string;
  readonly move: (rows: readonly Row[]) => readonly Row[];
  /** What the next record of a client hears. */
  readonly hears: RegExp;
  readonly verifySays: readonly RegExp[];
};

const mine = (rows: readonly Row[], seq: number): number => rows.findIndex(({ member, event }) => member === 'alice' && event.seq === seq);
const changed = (row: Row): Row => ({ ...row, event: { ...row.event, body: { ...row.event.body, sql: 'SELECT nothing' } } });

const moves: readonly Move[] = [
  { what: 'changes an event and links the chain anew', move: (rows) => relinked(rows.with(mine(rows, 7), changed(at(rows, mine(rows, 7))))), hears: /another event|rewritten/u, verifySays: [/event 7 of stream \w+, received as leaf \d+, is another one in the log now/u, /does not make the tree of its checkpoint/u] },
  { what: 'changes an event and leaves its digest', move: (rows) => rows.with(mine(rows, 7), changed(at(rows, mine(rows, 7)))), hears: /received/u, verifySays: [/leaf \d+ \(event 7 of stream \w+\) is not what was recorded/u] },
  { what: 'deletes an event and links the chain anew', move: (rows) => relinked(rows.filter((_, index) => index !== mine(rows, 7))), hears: /another event|lacks|rewritten|smaller/u, verifySays: [/event 7 of stream \w+, received as leaf \d+, is gone from the log/u, /14 events of stream \w+ were numbered or linked anew, from event 8 on/u] },
  { what: 'deletes an event and leaves the rest', move: (rows) => rows.filter((_, index) => index !== mine(rows, 7)), hears: /rewritten|smaller/u, verifySays: [/event 7 of stream \w+, received as leaf \d+, is gone from the log/u, /comes after event 6: event 7 is missing/u] },
  { what: 'deletes the event of somebody else', move: (rows) => relinked(rows.filter(({ member, event }) => !(member === 'bob' && event.seq === 3))), hears: /rewritten|smaller/u, verifySays: [/does not make the tree of its checkpoint of \d+ events; its first \d+ are as they were signed/u] },
  { what: 'takes the last events away', move: (rows) => rows.slice(0, -4), hears: /lacks|smaller|rewritten/u, verifySays: [/the last 4 are gone/u, /is gone from the log/u] },
  { what: 'takes everything away', move: () => [], hears: /smaller|rewritten|lacks/u, verifySays: [/the last \d+ are gone/u] },
  { what: 'exchanges two events', move: (rows) => rows.with(mine(rows, 7), at(rows, mine(rows, 9))).with(mine(rows, 9), at(rows, mine(rows, 7))), hears: /rewritten/u, verifySays: [/stands at leaf \d+ now, before what it came after/u, /out of order/u] },
  { what: 'puts an event into a stream of somebody', move: (rows) => relinked([...rows.slice(0, 9), { ...at(rows, mine(rows, 5)), event: { ...at(rows, mine(rows, 5)).event, body: { kind: 'never' } } }, ...rows.slice(9)]), hears: /another event|rewritten/u, verifySays: [/was never recorded like this on this machine/u] },
  { what: 'puts in a stream that never was', move: (rows) => [...rows.slice(0, 9), { member: 'bob', at: 0, event: chainEvent(newStream('f'.repeat(24)), { kind: 'never' }, sha256) }, ...rows.slice(9)], hears: /rewritten/u, verifySays: [/does not make the tree/u, /do not stand where they were received/u] },
  { what: 'says that somebody else sent it', move: (rows) => rows.with(mine(rows, 7), { ...at(rows, mine(rows, 7)), member: 'bob' }), hears: /rewritten/u, verifySays: [/event 7 .* came from alice, and the log says bob/u, /was sent by bob, and what is before it by alice/u] },
];

describe('the operator of the log', () => {
  let kept: Game;
  before(async () => {
    kept = await play(file('game.sqlite'));
    await kept.log.close();
  });
  after(async () => await kept.client.close());

  it('who does nothing is believed', async () => {
    const game = { ...kept, log: await startLogServer(kept.where) };
    const { code, stdout } = await verify(game);
    assert.equal(stdout.trim().split('\n').length, 1, stdout);
    assert.match(stdout, /^✔ 21 events in 1 streams: every chain is whole; “log” signed \d+ checkpoints and received 21 of the events, and holds 32; 0 commits/u);
    assert.equal(code, 0);
    await game.log.close();
  });

  for (const { what, move, hears, verifySays } of moves) {
    it(`${what}: a client hears of it, and verify says which`, async () => {
      const where = file(`${sha256(what).slice(0, 8)}.sqlite`);
      await copyFile(kept.where, where);
      const operator = await startLogServer(where);
      await rewrite(operator.store, move(await rowsOf(operator.store)));
      await operator.close();

      const game = { where, client: await sameMachine(kept.client.folder), log: await startLogServer(where) };
      try {
        const { code, stdout } = await verify(game);
        for (const says of verifySays) assert.match(stdout, says);
        assert.equal(code, 1);
        assert.match(await recordOneMore(game), hears);
      } finally {
        await game.client.close();
        await game.log.close();
      }
    });
  }
});

/** The same machine: its spool is over, its receipts are there, and a new program begins a stream of its own. */
async function sameMachine(from: string): Promise<LogClient> {
  const client = await newLogClient(team.alice);
  await cp(from, client.folder, { recursive: true });
  return client;
}

describe('what lies on a machine', () => {
  let game: Game;
  before(async () => (game = await play(file('local.sqlite'))));
  after(async () => {
    await game.log.close();
    await game.client.close();
  });
  const offline = async (folderOf: LogClient, ...more: readonly string[]) => await audit('verify', '--folder', folderOf.folder, ...more);
  const stream = (): string => game.client.spool.head?.stream ?? assert.fail();
  const notesOf = async (client: LogClient): Promise<string> => await readFile(path.join(logFolder(client.folder, 'log'), checkpointsFile), 'utf8');

  const rows: readonly (readonly [string, (copy: LogClient) => Promise<void>, RegExp])[] = [
    ['the end of the records is cut off together with the cursor', async (copy) => {
      const at = path.join(copy.folder, stream(), '000000000001.jsonl');
      await writeFile(at, (await readFile(at, 'utf8')).split('\n').slice(0, 15).join('\n').concat('\n'));
    }, /events? (?:16|\d+)(?: to \d+)? (?:was|were) received by the log and (?:is|are) gone here/u],
    ['the records are written anew from one event on', async (copy) => {
      const at = path.join(copy.folder, stream(), '000000000001.jsonl');
      const rowsHere = (await readFile(at, 'utf8')).trim().split('\n').map((line, index): Row => ({ member: 'alice', at: 0, event: index === 11 ? { ...JSON.parse(line), body: { kind: 'never' } } : JSON.parse(line) }));
      await writeFile(at, relinked(rowsHere).map(({ event }) => `${JSON.stringify(event)}\n`).join(''));
    }, /event 12 is not what the log received/u],
    ['a checkpoint is changed', async (copy) => {
      const at = path.join(logFolder(copy.folder, 'log'), checkpointsFile);
      await writeFile(at, (await readFile(at, 'utf8')).replace(/\n(\d+)\n/u, '\n9\n'));
    }, /is not signed with the key of the log/u],
    ['checkpoints are taken out', async (copy) => await writeFile(path.join(logFolder(copy.folder, 'log'), checkpointsFile), ''), /^/u],
  ];
  for (const [what, how, says] of rows) {
    it(`${what}: found without the log`, async () => {
      const copy = await sameMachine(game.client.folder);
      try {
        await how(copy);
        const { code, stdout } = await offline(copy);
        assert.match(stdout, says);
        // Receipts hold the notes as well, so that nothing is lost with that file.
        assert.equal(code, what.includes('taken out') ? 0 : 1, stdout);
      } finally {
        await copy.close();
      }
    });
  }

  it('the log shows another machine another tree: their checkpoints side by side give it away', async () => {
    const where = file('split.sqlite');
    await backUpSqlite(file('local.sqlite'), where);
    const operator = await startLogServer(where);
    const bob = await newLogClient(team.bob);
    try {
      const before = await rowsOf(operator.store);
      await rewrite(operator.store, before.with(4, { ...at(before, 4), member: at(before, 4).member === 'bob' ? 'alice' : 'bob' }));
      const delivery = await bob.deliver(bob.endpoint(operator.origin));
      await delivery.waitFor(await bob.spool.append({ kind: 'read', n: 1 }), patience);
      await delivery.close();
      const shown = splitNotes(await notesOf(bob)).at(-1) ?? assert.fail();
      await writeFile(file('bobs.txt'), shown);
      const early = await offline(game.client, '--checkpoints', file('bobs.txt'));
      assert.match(early.stdout, /1 of the checkpoints given are of sizes that were not seen here/u);
      // Alice goes on with the other log until it has as many events.
      const alice = await game.client.deliver(game.client.endpoint(game.log.origin));
      for (let n = 0; n < 3; n += 1) await alice.waitFor(await game.client.spool.append({ kind: 'read', n: 100 + n }), patience);
      await alice.close();
      const { code, stdout } = await offline(game.client, '--checkpoints', file('bobs.txt'));
      assert.match(stdout, /was signed twice, over different events/u);
      assert.equal(code, 1);
      assert.equal((await offline(game.client)).code, 0);
      // It was in what Bob signed, so nobody has to carry it.
      await createLogWord(crypto, game.client.folder).heard(shown);
      assert.match((await offline(game.client)).stdout, /was signed twice, over different events/u);
      const next = await game.client.spool.append({ kind: 'read', n: 200 });
      const result = await game.client.endpoint(game.log.origin).send([next], new AbortController().signal);
      assert.match(result.kind === 'refused' ? result.why : result.kind, /it shows different people different logs/u);
      assert.match((await offline(game.client)).stdout, /broke its word on .* \(split\)/u, 'and both are kept as proof');
    } finally {
      await bob.close();
      await operator.close();
    }
  });
});

describe('on PostgreSQL', () => {
  it('it is the same game', async () => {
    const game = await play((await createTestDatabase()).url());
    try {
      assert.equal((await verify(game)).code, 0);
      await assert.rejects(async () => await game.log.store.query('TRUNCATE audit_events'), /only grows/u);
      await game.log.close();
      const operator = await startLogServer(game.where);
      const before = await rowsOf(operator.store);
      await rewrite(operator.store, before.filter((_, index) => index !== mine(before, 7)));
      await operator.close();
      game.log = await startLogServer(game.where);
      const { code, stdout } = await verify(game);
      assert.match(stdout, /event 7 of stream \w+, received as leaf \d+, is gone from the log/u);
      assert.equal(code, 1);
      assert.match(await recordOneMore(game), /rewritten|smaller/u);
      assert.equal(game.client.alarms.length, 1, 'said once, however often it is tried');
      const { stdout: later } = await audit('verify', '--folder', game.client.folder);
      assert.match(later, /broke its word on/u);
    } finally {
      await game.log.close();
      await game.client.close();
    }
  });
});
