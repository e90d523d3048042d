/** Changes every bit of an envelope's text, one at a time, and tells which changes went unnoticed. */
import { readFileSync } from 'node:fs';
import { parseB64u, utf8 } from '../../../src/core/approval/bytes.ts';
import { acceptTeam } from '../../../src/core/approval/teamChain.ts';
import { verifyApproval } from '../../../src/core/approval/verifyApproval.ts';
import { crypto } from './keys.ts';
import { lenient } from './people.ts';

const vectors = JSON.parse(readFileSync(new URL('../../vectors/confirmation/approvals.json', import.meta.url), 'utf8'));

/** Texts that were still counted. Fails when the envelope itself is not. */
export async function acceptedFlips(envelope: unknown): Promise<readonly string[]> {
  const { file, signatures } = vectors.teams.ours;
  const team = await acceptTeam(crypto, undefined, [{ file: utf8(file), signatures }]);
  const request = parseB64u(vectors.request) ?? new Uint8Array(0);
  const isCounted = async (given: unknown): Promise<boolean> => (await verifyApproval(crypto, { request, team, terms: lenient, envelopes: [given], now: vectors.now })).kind !== 'waiting';
  if (!(await isCounted(envelope))) throw new Error('the envelope does not count to begin with');
  const text = utf8(JSON.stringify(envelope));
  const accepted: string[] = [];
  for (let bit = 0; bit < text.length * 8; bit += 1) {
    text[bit >> 3] = (text[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const flipped = read(text);
    if (flipped !== undefined && (await isCounted(flipped))) accepted.push(new TextDecoder().decode(text));
    text[bit >> 3] = (text[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  }
  return accepted;
}

function read(text: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch {
    // No JSON any more: it never gets as far as being checked.
    return undefined;
  }
}
