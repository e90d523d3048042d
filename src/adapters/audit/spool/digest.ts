import { createHash } from 'node:crypto';
import type { Sha256 } from '../../../core/brand.ts';

/** Of the UTF-8 bytes of a text. */
export function sha256(text: string): Sha256 {
  return createHash('sha256').update(text, 'utf8').digest('hex') as Sha256;
}

export function sha256Bytes(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
