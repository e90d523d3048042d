/** What a request would do, in words made from what is bound, not from what its requester says about it. Pure. */
import { epochMs } from '../brand.ts';
import { describeChange } from '../effect/describe.ts';
import type { TableEffect } from '../effect/preview.ts';
import type { RequestBody } from './request.ts';

/** `Deletes 3 rows from customers` */
export function describeRequest({ effect, statements }: Pick<RequestBody, 'effect' | 'statements'>): string {
  if (effect === null) return statements.length === 1 ? 'Runs a statement that cannot be tried first' : `Runs ${String(statements.length)} statements that cannot be tried first`;
  const touched = effect.tables.reduce((sum, { ins, upd, del }) => sum + ins + upd + del, 0);
  const beyondRows = touched > 0 ? undefined : describeBeyondRows(statements);
  if (beyondRows !== undefined) return beyondRows;
  return describeChange([], { statements: [], effects: effectsOfRequest(effect), permanent: [], notices: [], openedAt: epochMs(0), expiresAt: epochMs(0) });
}

/** What is changed where no row is: that is not nothing. */
function describeBeyondRows(statements: RequestBody['statements']): string | undefined {
  if (statements.some((statement) => statement.class === 'privilege')) return 'Changes who may do what, and no rows';
  return statements.some((statement) => statement.class !== 'write') ? 'Changes definitions, and no rows' : undefined;
}

/** What is incomplete is never called exact. */
export function effectsOfRequest({ tables, complete }: NonNullable<RequestBody['effect']>): readonly TableEffect[] {
  return tables.map(({ name, ins, upd, del, why = '', exactness = complete ? 'exact' : 'listed' }) => {
    const dot = name.indexOf('.');
    return { table: { schema: name.slice(0, Math.max(dot, 0)), table: name.slice(dot + 1) }, inserted: ins, updated: upd, deleted: del, why, exactness };
  });
}
