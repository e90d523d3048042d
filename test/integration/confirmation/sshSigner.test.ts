/** Signing with an SSH key where nobody can be asked, as in an editor: a real `ssh-keygen` ends, and says what helps. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openSshKey } from '../../../src/adapters/confirmation/sshSigner.ts';
import { utf8 } from '../../../src/core/approval/bytes.ts';
import { readKey, verifySignature } from '../../../src/core/approval/keyRecord.ts';
import { crypto } from '../../support/confirmation/keys.ts';
import { until } from '../../support/until.ts';

let folder = '';
const file = (name: string): string => path.join(folder, name);
const message = utf8('what is signed');

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'countersign-ssh-signer-'));
  // No agent and no window of somebody's machine answers here.
  for (const name of ['SSH_AUTH_SOCK', 'SSH_ASKPASS', 'DISPLAY']) Reflect.deleteProperty(process.env, name);
  for (const [name, passphrase] of [['open', ''], ['locked', 'correct horse']] as const) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', file(name)]);
});
after(() => rmSync(folder, { recursive: true }));

describe('signing with an SSH key where nobody can be asked', () => {
  test('a key without a passphrase signs', async () => {
    const { record, signer } = await openSshKey(crypto, file('open.pub'), 0, { asks: 'nowhere' });
    const key = readKey(record);
    assert.ok(key !== 'weak' && key !== 'unknown');
    assert.equal((await verifySignature(crypto, key, await signer.sign(message), message)).kind, 'valid');
  });

  test('a key with one does not wait for an answer that cannot come, and says what helps', async () => {
    const { signer } = await openSshKey(crypto, file('locked.pub'), 0, { asks: 'nowhere' });
    await assert.rejects(signer.sign(message), (error: Error) => error.message.includes(`“ssh-add ${file('locked')}”`) && error.message.includes('nothing was signed'));
  });

  test('the agent that is advised signs with it', async () => {
    const socket = file('agent.sock');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    try {
      await until('the agent listens', () => existsSync(socket));
      writeFileSync(file('askpass'), '#!/bin/sh\necho "correct horse"\n', { mode: 0o700 });
      process.env['SSH_AUTH_SOCK'] = socket;
      execFileSync('ssh-add', ['-q', file('locked')], { env: { ...process.env, SSH_ASKPASS: file('askpass'), SSH_ASKPASS_REQUIRE: 'force' }, stdio: 'ignore' });
      const { record, signer } = await openSshKey(crypto, file('locked.pub'), 0, { asks: 'nowhere' });
      const key = readKey(record);
      assert.ok(key !== 'weak' && key !== 'unknown');
      assert.equal((await verifySignature(crypto, key, await signer.sign(message), message)).kind, 'valid');
    } finally {
      delete process.env['SSH_AUTH_SOCK'];
      agent.kill();
    }
  });

  test('stopping it ends the waiting', async () => {
    const { signer } = await openSshKey(crypto, file('open.pub'), 0, { asks: 'nowhere', signal: AbortSignal.abort() });
    await assert.rejects(signer.sign(message), /it was stopped, so nothing was signed/u);
  });
});
