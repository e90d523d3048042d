/** Names that the server may take for other names. */

import type { Finding } from './draft.ts';

/** MySQL looks settings and engines up without minding accents: `SET autöcommit = 0` switches autocommit off. */
export function isDisguised(name: string): boolean {
  return /[^ -~]/.test(name);
}

export function disguise(name: string): Finding {
  return { code: 'disguised-name', message: `${name} is not written in plain letters: the server may take it for another name` };
}
