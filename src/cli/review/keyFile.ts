/** A key of this machine in a file: for whoever has no passkey and no SSH key at hand. Programs that may read the file can sign with it, and its assurance says so. */
import { readFile, writeFile } from 'node:fs/promises';
import { b64u, parseB64u } from '../../core/approval/bytes.ts';
import type { Crypto, PrivateKey } from '../../core/approval/crypto.ts';
import type { Signer } from '../../core/approval/envelope.ts';
import { isoText } from '../../core/approval/isoTime.ts';
import { keyidOf } from '../../core/approval/keyRecord.ts';
import type { KeyRecord } from '../../core/approval/keyRecord.ts';
import { isObject } from '../../core/profile/reader.ts';
import { UsageError } from '../usage.ts';

export type OwnKey = { readonly record: KeyRecord; readonly signer: Signer };

/** Made with the first use. @throws UsageError when the file holds something else */
export async function openKeyFile(crypto: Crypto, file: string, now: number): Promise<OwnKey> {
  const key = (await readKey(crypto, file)) ?? (await makeKey(crypto, file));
  const record: KeyRecord = { alg: 'es256', pub: b64u(key.publicKey), added: isoText(now), label: 'Key file' };
  return { record, signer: await signerOf(crypto, key) };
}

/** From the text of a key file, as a pipeline keeps it among its secrets; `undefined` when it is none. */
export async function signerFromText(crypto: Crypto, text: string): Promise<Signer | undefined> {
  const [pkcs8, pub] = partsOf(text);
  if (pkcs8 === undefined || pub === undefined) return undefined;
  return await signerOf(crypto, await crypto.importKey('sign', pkcs8, pub));
}

async function signerOf(crypto: Crypto, key: PrivateKey): Promise<Signer> {
  const keyid = await keyidOf(crypto, 'es256', key.publicKey);
  return { keyid, sign: async (signed) => ({ keyid, sig: b64u(await crypto.sign(key, signed)) }) };
}

async function makeKey(crypto: Crypto, file: string): Promise<PrivateKey> {
  const key = await crypto.generate('sign', true);
  const content = { v: 1, alg: 'es256', pub: b64u(key.publicKey), pkcs8: b64u(await crypto.exportKey(key)) };
  await writeFile(file, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: 'wx' });
  return key;
}

async function readKey(crypto: Crypto, file: string): Promise<PrivateKey | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new UsageError(`${file} cannot be read: ${error.message}`);
  });
  if (text === undefined) return undefined;
  const [pkcs8, pub] = partsOf(text);
  if (pkcs8 === undefined || pub === undefined) throw new UsageError(`${file} is no key file of Countersign. Nothing was signed, and the file was left as it is.`);
  return await crypto.importKey('sign', pkcs8, pub);
}

function partsOf(text: string): readonly (ReturnType<typeof parseB64u>)[] {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || value['v'] !== 1 || value['alg'] !== 'es256') return [];
    return [value['pkcs8'], value['pub']].map((part) => (typeof part === 'string' ? parseB64u(part) : undefined));
  } catch {
    // Not JSON.
    return [];
  }
}
