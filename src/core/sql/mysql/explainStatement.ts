/** EXPLAIN, DESCRIBE and MariaDB's ANALYZE: whether the statement behind them is executed. */

import { skipWords } from './clauses.ts';
import { happensToRows, notUnderstood, only, raise, whole } from './draft.ts';
import type { Draft } from './draft.ts';
import { readObjectName } from './names.ts';
import { canBeName } from './reserved.ts';
import { readsTables, toTable } from './targets.ts';
import { tokenKind } from './tokens.ts';

/** Classifies the statement at a token as part of the draft. */
export type ClassifyInner = (draft: Draft, at: number) => Draft | undefined;

const explainable = new Set(['SELECT', 'WITH', 'TABLE', 'VALUES', '(', 'INSERT', 'REPLACE', 'UPDATE', 'DELETE']);

/** EXPLAIN, DESCRIBE or DESC at the beginning of the draft. */
export function classifyExplain(draft: Draft, classifyInner: ClassifyInner): void {
  const { tokens, first, last, context } = draft;
  draft.kind = 'explain';
  draft.returnsRows = true;
  draft.canPreview = true;
  let at = skipWords(tokens, first + 1, last, new Set(['EXTENDED', 'PARTITIONS']));
  const isAnalyzing = tokens.word[at] === 'ANALYZE';
  if (isAnalyzing) at++;
  if (tokens.word[at] === 'FORMAT' && tokens.word[at + 1] === '=') at += 3;
  if (tokens.word[at] === 'INTO' && tokens.kind[at + 1] === tokenKind.userVariable) {
    raise(draft, 'session', { code: 'session-variable', message: 'Stores the plan in a variable of this session' }, { first: at, last: at + 2 });
    at += 2;
  }
  if (tokens.word[at] === 'FOR' && (tokens.word[at + 1] === 'SCHEMA' || tokens.word[at + 1] === 'DATABASE')) at += 3;
  if (at >= last) return notUnderstood(draft, 'It is not clear what is explained', first);
  if (tokens.word[at] === 'FOR' && tokens.word[at + 1] === 'CONNECTION' && at + 3 === last) return;
  if (explainable.has(tokens.word[at] as string)) {
    if (isAnalyzing && context.dialect === 'mariadb') return notUnderstood(draft, 'MariaDB does not know EXPLAIN ANALYZE; it is ANALYZE alone there', at);
    return explainStatement(draft, at, isAnalyzing, classifyInner);
  }
  describeTable(draft, at, first);
}

/** `DESCRIBE table [column]`. */
function describeTable(draft: Draft, at: number, first: number): void {
  const { tokens, last } = draft;
  const name = at === first + 1 && canBeName(tokens, at) ? readObjectName(tokens, at, last) : undefined;
  if (name === undefined || last > name.last + 1) return notUnderstood(draft, 'It is not clear what is explained', at);
  draft.kind = 'describe';
  readsTables(draft, [toTable(name)]);
}

function explainStatement(draft: Draft, at: number, isExecuted: boolean, classifyInner: ClassifyInner): void {
  const inner = classifyInner(draft, at);
  if (inner === undefined) return;
  if (inner.class === 'read') return;
  if (isExecuted) {
    draft.canPreview = inner.canPreview;
    return raise(draft, inner.class, { code: 'really-executes', message: 'EXPLAIN ANALYZE executes the statement' }, only(draft.first));
  }
  forgetRows(draft, inner);
  if (inner.planned.class === 'read') return;
  draft.canPreview = false;
  raise(draft, inner.planned.class, { code: 'evaluated-while-planning', message: 'The server may evaluate parts of the statement to plan it' }, whole(draft));
}

/** What the inner statement would do with rows does not happen. */
function forgetRows(draft: Draft, inner: Draft): void {
  const kept = inner.reasons.filter(({ code }) => !happensToRows(code));
  draft.reasons.splice(draft.reasons.length - inner.reasons.length, inner.reasons.length, ...kept);
  for (const tag of inner.tags) if (!inner.planned.tags.has(tag)) draft.tags.delete(tag);
  for (const [index, target] of draft.targets.entries()) draft.targets[index] = { ...target, access: 'read' };
}

/** MariaDB's `ANALYZE [FORMAT=JSON] statement`, which executes it. */
export function classifyAnalyzeStatement(draft: Draft, classifyInner: ClassifyInner): void {
  const { tokens, first, last } = draft;
  let at = first + 1;
  if (tokens.word[at] === 'FORMAT' && tokens.word[at + 1] === '=') at += 3;
  draft.kind = 'analyze';
  draft.returnsRows = true;
  if (at >= last || !explainable.has(tokens.word[at] as string)) return notUnderstood(draft, 'It is not clear what is analyzed', first);
  const inner = classifyInner(draft, at);
  if (inner === undefined) return;
  draft.canPreview = inner.canPreview;
  if (inner.class !== 'read') raise(draft, inner.class, { code: 'really-executes', message: 'ANALYZE executes the statement' }, only(first));
}
