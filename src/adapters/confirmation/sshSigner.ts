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

export type SshSigning = {
  /**
   * Where `ssh-keygen` may ask for a passphrase or a PIN. `terminal`: on the one this program runs in. `nowhere`: there is none, or it is
   * not what the person looks at; an agent, a security key and a window of `SSH_ASKPASS` still answer.
   */
  readonly asks: 'terminal' | 'nowhere';
  /** Ends it: a security key that nobody touches waits for long. */
  readonly signal?: AbortSignal;
};

/**
 * @param file - the public key; beside it lies the private one, or an agent has it
 * @param now - epoch milliseconds, for the record
 * @throws Error in words when the file holds no key that can sign here
 */
export async function openSshKey(crypto: Crypto, file: string, now: number, signing: SshSigning = { asks: 'terminal' }): Promise<SshKey> {
  const [type = '', encoded = '', ...comment] = (await readFile(file, 'utf8')).trim().split(/\s+/u);
  const pub = parseB64(encoded);
  if (pub === undefined || parseSshKey(pub)?.type !== type) throw new Error(`${file} holds no SSH public key that can be used. Ed25519, ECDSA P-256, RSA of 2048 bits and more, and both kinds of security keys can.`);
  const keyid = await keyidOf(crypto, 'sshsig', pub);
  const record: KeyRecord = { alg: 'sshsig', pub: b64u(pub), added: isoText(now), label: `SSH ${comment.join(' ')}`.trim().slice(0, 80) };
  return { record, signer: { keyid, sign: async (signed) => ({ keyid, sig: await signWith(file, signed, signing) }) } };
}

/** What is signed goes through a file of its own folder. */
async function signWith(keyFile: string, signed: Bytes, signing: SshSigning): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-sign-'));
  try {
    const file = path.join(folder, 'statement');
    await writeFile(file, signed, { mode: 0o600 });
    const ended = await runKeygen(['-Y', 'sign', '-f', keyFile, '-n', sshNamespace, file], signing);
    if (ended.code !== 0) throw new Error(reasonOf(keyFile, ended, signing));
    return await readFile(`${file}.sig`, 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Ended = { readonly code: number | null; readonly said: string };

async function runKeygen(args: readonly string[], { asks, signal }: SshSigning): Promise<Ended> {
  return await new Promise<Ended>((resolve, reject) => {
    // In a session of its own there is no terminal to ask on, whatever the editor was started from: it would wait there unseen, for ever.
    const own = asks === 'terminal' ? {} : { detached: process.platform !== 'win32', windowsHide: true };
    const child = spawn('ssh-keygen', args, { stdio: [asks === 'terminal' ? 'inherit' : 'ignore', 'ignore', 'pipe'], ...own, ...(signal === undefined ? {} : { signal }) });
    let said = '';
    child.stderr?.on('data', (part: Buffer) => (said += part.toString('utf8')));
    child.on('error', (error: NodeJS.ErrnoException) => reject(new Error(describeStart(error))));
    child.on('close', (code) => resolve({ code, said }));
  });
}

function describeStart(error: NodeJS.ErrnoException): string {
  if (error.name === 'AbortError') return 'it was stopped, so nothing was signed.';
  return error.code === 'ENOENT' ? 'ssh-keygen is not installed here, so nothing was signed. It comes with OpenSSH.' : `ssh-keygen could not be started: ${error.message}.`;
}

function reasonOf(keyFile: string, { said }: Ended, { asks }: SshSigning): string {
  const privateFile = keyFile.replace(/\.pub$/u, '');
  if (asks === 'nowhere' && /incorrect passphrase/u.test(said)) return `${privateFile} has a passphrase, and nobody can be asked for it here, so nothing was signed. Give the key to your agent with “ssh-add ${privateFile}” in a terminal, then try again.`;
  return `ssh-keygen did not sign: ${said.trim().split('\n').at(-1) ?? 'no reason given'}`;
}
