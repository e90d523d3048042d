/** Statements that run code which is not looked into. */

import { only, raise } from './draft.ts';
import type { Draft } from './draft.ts';

/** CALL, EXECUTE, PREPARE and compound statements. */
export function classifyCode(draft: Draft, kind: string, message: string): void {
  draft.kind = kind;
  draft.returnsRows = kind === 'call' || kind === 'execute';
  raise(draft, 'unknown', { code: 'runs-code', message, tags: ['needs_server'] }, only(draft.first));
}
