/** Texts that only the holder of a key can read, and that nobody can change or exchange unnoticed: AES-256-GCM. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';

/** @param purpose - what the text is and belongs to; opening it as anything else fails */
export function seal(text: string, key: Uint8Array, purpose: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv(algorithm, key, iv);
  cipher.setAAD(Buffer.from(purpose, 'utf8'));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return [iv, cipher.getAuthTag(), sealed].map((part) => part.toString('base64')).join('.');
}

/** @throws when the key is another one, or a single bit is not as it was written */
export function unseal(line: string, key: Uint8Array, purpose: string): string {
  const [iv, tag, sealed] = line.split('.').map((part) => Buffer.from(part, 'base64'));
  if (!iv || !tag || !sealed || tag.length !== 16) throw new Error('it is cut off');
  const decipher = createDecipheriv(algorithm, key, iv);
  decipher.setAAD(Buffer.from(purpose, 'utf8'));
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
}
