/** The server as the editor embeds it. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { serveEmbedded } from '../../../src/server/embedded.ts';
import { callAt, cast, fileOn, page, postTeam } from '../../support/confirmation/relay.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-embedded-'));
});
after(async () => await rm(folder, { recursive: true }));

test('keeps its port and its requests over a restart, and shares the file with another window', async () => {
  const options = { file: path.join(folder, 'new', 'store.sqlite'), page, write: () => undefined };
  const people = await cast();
  const first = await serveEmbedded(options);
  const call = callAt(`http://localhost:${String(first.port)}`);
  await postTeam(call, people.signed);
  const filed = await fileOn(call, people);

  const second = await serveEmbedded({ ...options, port: first.port });
  assert.notEqual(second.port, first.port, 'taken by the first window');
  const view = await callAt(`http://localhost:${String(second.port)}`)(`/v1/requests/${filed.id}`, { token: filed.token });
  assert.equal(view.status, 200);
  await first.close();
  await second.close();

  const again = await serveEmbedded({ ...options, port: first.port });
  assert.equal(again.port, first.port);
  assert.equal((await call(`/v1/requests/${filed.id}`, { token: filed.token })).status, 200);
  await again.close();
});
