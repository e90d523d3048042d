/** Opened and failed sessions are recorded, each once. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { recordConnects } from '../../../../src/adapters/audit/recordConnects.ts';
import type { SessionStart } from '../../../../src/app/ports.ts';
import { createFakes, production } from '../../../fakes/ports.ts';

const verdict = { dialect: 'postgresql', class: 'read', statements: [] } as const;
const actor = { kind: 'human', osUser: 'ann', host: 'laptop' } as const;
const signal = new AbortController().signal;

it('a session is recorded when it opens, and not when it is used again', async () => {
  const { ports, records } = createFakes({ verdict });
  const start = await ports.sessions.acquire('a', production, signal);
  const sessions = recordConnects({ acquire: () => Promise.resolve(start) }, { ...ports, actor, newRun: () => 'c1' });
  await sessions.acquire('a', production, signal);
  await sessions.acquire('a', production, signal);
  assert.equal(records.length, 1);
  const [record] = records;
  assert.deepEqual([record?.kind, record?.run, record?.tls, record?.outcome, record?.target.address], ['connect', 'c1', 'verify-full', undefined, 'app@db-1:5432/shop']);
  assert.deepEqual(record?.session, { version: '18.4', database: 'shop', user: 'app', encrypted: true });
});

it('so is one that could not be opened, without what the server quotes', async () => {
  const failed: SessionStart = { kind: 'failed', failure: { code: 'sql', sqlState: '28P01', message: 'password authentication failed for user "secret"' } };
  const { ports, records } = createFakes({ verdict, acquire: failed });
  await recordConnects(ports.sessions, { ...ports, actor, newRun: () => 'c1' }).acquire('a', production, signal);
  assert.deepEqual([records[0]?.outcome, records[0]?.reason], ['failed', 'the server refused it: SQLSTATE 28P01']);
});
