/** Records on their way into a Countersign log on either store: each kept once, in order, with a receipt that was checked and is on disk. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkpointsFile, logFolder, receiptsFile } from '../../../src/adapters/audit/delivery/countersignKept.ts';
import { splitNotes } from '../../../src/core/audit/checkpointNote.ts';
import { readStream } from '../../../src/adapters/audit/spool/streams.ts';
import { introduce, newLogClient, newTeam, patience, startLogServer, type LogServer, type Team } from '../../support/audit/logServer.ts';
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
  });
}
