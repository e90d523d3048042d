/** SSH keys of this machine: their public files to choose from, and signing with one, which may take a person's finger. */
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { ProgressLocation, window } from 'vscode';
import { openSshKey } from '../../../adapters/confirmation/sshSigner.ts';
import type { SshKey } from '../../../adapters/confirmation/sshSigner.ts';
import type { Signer } from '../../../core/approval/envelope.ts';
import type { Crypto } from '../../../core/approval/crypto.ts';
import { plainLabel } from '../../plainLabel.ts';
import type { Choice } from '../connections/ask.ts';

/** One row for each, with the path of its file. The private parts lie beside them, in an agent, or in hardware. */
export async function sshKeyChoices(): Promise<readonly Choice<string>[]> {
  const folder = path.join(homedir(), '.ssh');
  // No such folder, or not ours to read: then there are none.
  const names = await readdir(folder).catch(() => []);
  return await Promise.all(names.filter((name) => name.endsWith('.pub')).toSorted().map(async (name) => await choiceOf(path.join(folder, name))));
}

async function choiceOf(file: string): Promise<Choice<string>> {
  const [type = '', , ...comment] = (await readFile(file, 'utf8').catch(() => '')).slice(0, 16_384).trim().split(/\s+/u);
  return { label: `$(key) ${path.basename(file)}`, description: plainLabel([kindOf(type), ...comment].join(' ').slice(0, 80)), value: file };
}

function kindOf(type: string): string {
  if (type.startsWith('sk-')) return 'security key';
  return /^(?:ssh|ecdsa)-/u.test(type) ? (type.split('-')[1] ?? type).toUpperCase() : '';
}

/** As `openSshKey`; while it signs a notice says what is waited for, and cancelling that ends the waiting. */
export async function openKeyHere(crypto: Crypto, file: string, now: number): Promise<SshKey> {
  const { record, signer: { keyid } } = await openSshKey(crypto, file, now);
  const title = `Signing with ${path.basename(file)}. A security key wants to be touched, an agent may ask.`;
  const sign: Signer['sign'] = async (signed) =>
    await window.withProgress({ location: ProgressLocation.Notification, cancellable: true, title }, async (_, cancelled) => {
      const stop = new AbortController();
      cancelled.onCancellationRequested(() => stop.abort());
      return await (await openSshKey(crypto, file, now, { asks: 'nowhere', signal: stop.signal })).signer.sign(signed);
    });
  return { record, signer: { keyid, sign } };
}
