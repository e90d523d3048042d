/** What was measured, as a request binds it. The same when it is asked and when it is run. */
import { canonicalFingerprint } from '../effect/fingerprint.ts';
import type { Fingerprint } from '../effect/fingerprint.ts';
import type { Preview, TableEffect } from '../effect/preview.ts';
import { b64u, concat, utf8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import type { RequestEffect } from './request.ts';

/**
 * Counts of each table, and a digest that binds the very rows where all of them could be read.
 *
 * @param nonce - of the request: without it nobody can try out which rows the digest stands for
 */
export async function effectOf(crypto: Crypto, { effects, unlisted }: Pick<Preview, 'effects' | 'unlisted'>, fingerprint: Fingerprint, nonce: Bytes): Promise<RequestEffect> {
  const complete = fingerprint.kind === 'fingerprint' && fingerprint.complete && (unlisted ?? 0) === 0;
  return {
    tables: effects.map(countsOf),
    rows: complete ? b64u(await crypto.sha256(concat(nonce, utf8(canonicalFingerprint(fingerprint))))) : null,
    count: effects.reduce((sum, { inserted, updated, deleted }) => sum + inserted + updated + deleted, 0),
    complete,
  };
}

function countsOf({ table, inserted, updated, deleted, why, exactness }: TableEffect): RequestEffect['tables'][number] {
  return { name: plainName(`${table.schema}.${table.table}`, 300), ins: inserted, upd: updated, del: deleted, why: cut(why, 300), ...(exactness === undefined ? {} : { exactness }) };
}

/** A name that may hold anything, as one line. */
export function plainName(text: string, most: number): string {
  return cut(text.replaceAll(/\p{Cc}/gu, '\u{fffd}').toWellFormed(), most);
}

/** The beginning of a text that is too long; never half a character. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text.toWellFormed() : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/u, '').toWellFormed()}…`;
}
