/** An SSH key that signs decisions: OpenSSH, its agent or a security key holds the private part, and only `ssh-keygen` touches it. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { b64u, parseB64 } from '../../core/approval/bytes.ts';
import type { Bytes } from '../../core/approval/bytes.ts';
import type { Crypto } from '../../core/approval/crypto.ts';
import type { Signer } from '../../core/approval/envelope.ts';
import { isoText } from '../../core/approval/isoTime.ts';
import { keyidOf } from '../../core/approval/keyRecord.ts';
import type { KeyRecord } from '../../core/approval/keyRecord.ts';
import { parseSshKey } from '../../core/approval/sshKey.ts';
import { sshNamespace } from '../../core/approval/sshsig.ts';

export type SshKey = { readonly record: KeyRecord; readonly signer: Signer };

/**
 * @param file - the public key; beside it lies the private one, or an agent has it
 * @param now - epoch milliseconds, for the record
 * @throws Error in words when the file holds no key that can sign here
 */
export async function openSshKey(crypto: Crypto, file: string, now: number): Promise<SshKey> {
  const [type = '', encoded = '', ...comment] = (await readFile(file, 'utf8')).trim().split(/\s+/u);
  const pub = parseB64(encoded);
  if (pub === undefined || parseSshKey(pub)?.type !== type) throw new Error(`${file} holds no SSH public key that can be used. Ed25519, ECDSA P-256, RSA of 2048 bits and more, and both kinds of security keys can.`);
  const keyid = await keyidOf(crypto, 'sshsig', pub);
  const record: KeyRecord = { alg: 'sshsig', pub: b64u(pub), added: isoText(now), label: `SSH ${comment.join(' ')}`.trim().slice(0, 80) };
  return { record, signer: { keyid, sign: async (signed) => ({ keyid, sig: await signWith(file, signed) }) } };
}

/** What is signed goes through a file of its own folder: `ssh-keygen` asks for passphrases on the terminal, or with a window. */
async function signWith(keyFile: string, signed: Bytes): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-sign-'));
  try {
    const file = path.join(folder, 'statement');
    await writeFile(file, signed, { mode: 0o600 });
    await runKeygen(['-Y', 'sign', '-f', keyFile, '-n', sshNamespace, file]);
    return await readFile(`${file}.sig`, 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runKeygen(args: readonly string[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = spawn('ssh-keygen', args, { stdio: ['inherit', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (part: Buffer) => (said += part.toString('utf8')));
    child.on('error', (error: NodeJS.ErrnoException) => reject(new Error(error.code === 'ENOENT' ? 'ssh-keygen is not installed here, so nothing was signed. It comes with OpenSSH.' : `ssh-keygen could not be started: ${error.message}.`)));
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`ssh-keygen did not sign: ${said.trim().split('\n').at(-1) ?? 'no reason given'}`))));
  });
}
