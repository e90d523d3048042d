/** Records in a real syslog server. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { startRsyslog, whyNoRsyslog } from '../../../scripts/lib/rsyslog.mjs';
import { startDelivery } from '../../../src/adapters/audit/delivery/delivery.ts';
import { createSyslog } from '../../../src/adapters/audit/delivery/syslog.ts';
import { createSpool } from '../../../src/adapters/audit/spool/spool.ts';
import { epochMs } from '../../../src/core/brand.ts';
import { until } from '../../support/until.ts';

const reason = whyNoRsyslog();
const clock = {
  now: () => epochMs(1_790_000_000_000),
  after(milliseconds: number, callback: () => void) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true))).on('error', () => resolve(false));
  });
}

it('rsyslog receives every record whole, in order', { skip: reason === undefined ? false : `there is no rsyslog: ${reason}` }, async () => {
  const server = await startRsyslog();
  const folder = await mkdtemp(path.join(tmpdir(), 'syslog-'));
  const spool = createSpool({ folder, clock, start: () => ({ time: clock.now() }) });
  try {
    await until('it listens', () => listens(server.port));
    const delivery = await startDelivery({ folder, spool, clock, random: () => 0, endpoints: [createSyslog({ name: 'syslog', host: '127.0.0.1', port: server.port, secure: false, hostname: 'laptop' })] });
    const sql = `SELECT 'ü', '${'x'.repeat(20_000)}' -- line\nanother`;
    for (let n = 0; n < 30; n += 1) await spool.append({ kind: 'read', time: clock.now(), n, sql });
    await delivery.waitFor({ stream: '', seq: 31 }, 20_000);
    await until('all of them are in its file', async () => (await readFile(server.file, 'utf8').catch(() => '')).split('\n').length > 31);
    const lines = (await readFile(server.file, 'utf8')).trimEnd().split('\n');
    const events = lines.map((line) => JSON.parse(line.slice(line.indexOf('{"v":1'))));
    assert.deepEqual(events.map(({ seq }) => seq), Array.from({ length: 31 }, (_, index) => index + 1));
    assert.equal(events[30].body.sql, sql);
    assert.match(lines[1] ?? '', /^<109>1 2026-09-21T\S+ laptop countersign - read \[countersign@32473 hash="[0-9a-f]{64}"/u);
    await delivery.close();
  } finally {
    await spool.close();
    await server.stop();
    await rm(folder, { recursive: true });
  }
});
