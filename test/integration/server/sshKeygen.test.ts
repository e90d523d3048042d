/** Signatures of `ssh-keygen` are ours, and ours are its. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parseB64, parseB64u, utf8 } from '../../../src/core/approval/bytes.ts';
import { verifySshsig } from '../../../src/core/approval/sshsig.ts';
import { crypto, sshKey } from '../../support/confirmation/keys.ts';

let folder = '';
const file = (name: string): string => path.join(folder, name);
const keygen = (...args: string[]): string => execFileSync('ssh-keygen', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const message = utf8('DSSEv1 1 a 1 b');

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'countersign-ssh-'));
  writeFileSync(file('message'), message);
});
after(() => rmSync(folder, { recursive: true }));

function sign(type: readonly string[], namespace: string): { readonly pub: Uint8Array<ArrayBuffer>; readonly signature: string } {
  const key = file(`key-${type.join('-')}-${namespace.replace('@', '-')}`);
  keygen('-q', ...type, '-N', '', '-f', key);
  // It asks before it overwrites a signature.
  rmSync(file('message.sig'), { force: true });
  keygen('-Y', 'sign', '-f', key, '-n', namespace, file('message'));
  const [, pub = ''] = readFileSync(`${key}.pub`, 'utf8').split(' ');
  return { pub: parseB64(pub) ?? new Uint8Array(0), signature: readFileSync(file('message.sig'), 'utf8') };
}

describe('what ssh-keygen signs', () => {
  for (const type of [['-t', 'ed25519'], ['-t', 'ecdsa', '-b', '256'], ['-t', 'rsa', '-b', '2048'], ['-t', 'rsa', '-b', '4096']]) {
    test(type.join(' '), async () => {
      const { pub, signature } = sign(type, 'confirm@countersign');
      assert.deepEqual(await verifySshsig(crypto, pub, signature, message), { kind: 'valid', assurance: 'software' });
      assert.deepEqual(await verifySshsig(crypto, pub, signature, utf8('another message')), { kind: 'invalid', code: 'signature-invalid' });
    });
  }

  test('in the namespace of git it is no approval', async () => {
    const { pub, signature } = sign(['-t', 'ed25519'], 'git');
    assert.deepEqual(await verifySshsig(crypto, pub, signature, message), { kind: 'invalid', code: 'ssh-namespace' });
  });
});

describe('what ssh-keygen verifies', () => {
  const rows: readonly [name: string, options: Parameters<typeof sshKey>[0], theirs: boolean, ours: boolean][] = [
    ['ed25519', {}, true, true],
    ['ecdsa', { kind: 'p256' }, true, true],
    ['rsa', { kind: 'rsa' }, true, true],
    ['sk-ed25519, touched', { flags: 1 }, true, true],
    ['sk-ecdsa, verified', { kind: 'p256', flags: 5 }, true, true],
    ['sk-ed25519, untouched: OpenSSH takes it, we do not', { flags: 0 }, true, false],
    ['another namespace', { namespace: 'git' }, false, false],
  ];
  for (const [name, options, theirs, ours] of rows) {
    test(name, async () => {
      const key = await sshKey(options);
      const { sig } = await key.signer.sign(message);
      const pub = parseB64u(key.record.pub) ?? new Uint8Array(0);
      const type = new TextDecoder().decode(pub.slice(4, 4 + (pub[3] ?? 0)));
      writeFileSync(file('signature'), sig);
      writeFileSync(file('allowed'), `bob ${type} ${Buffer.from(pub).toString('base64')}\n`);
      assert.equal(accepts(), theirs, 'ssh-keygen');
      assert.equal((await verifySshsig(crypto, pub, sig, message)).kind === 'valid', ours, 'we');
    });
  }
});

function accepts(): boolean {
  try {
    execFileSync('ssh-keygen', ['-Y', 'verify', '-f', file('allowed'), '-I', 'bob', '-n', 'confirm@countersign', '-s', file('signature')], { input: message, stdio: ['pipe', 'ignore', 'ignore'] });
    return true;
  } catch {
    return false;
  }
}
