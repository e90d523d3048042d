/** What somebody who asks others is told about what those will not see. Pure. */
import type { TableImages } from '../effect/preview.ts';
import { strategyOf, type MaskingPolicy } from './rules.ts';

const mostNamed = 6;

/** `undefined` where every value is shown. */
export function maskingNote(images: readonly Pick<TableImages, 'table' | 'columns'>[], policy: MaskingPolicy): string | undefined {
  const masked = images.flatMap(({ table, columns }) => columns.filter((column) => strategyOf(policy, table, column) !== 'show').map(({ name }) => `${table.table}.${name}`));
  if (masked.length === 0) return undefined;
  const named = masked.length <= mostNamed ? masked.join(', ') : `${masked.slice(0, mostNamed).join(', ')} and ${String(masked.length - mostNamed)} more`;
  return `They do not see the values of ${masked.length === 1 ? 'one column' : `${String(masked.length)} columns`}: ${named}. The text of the statement they see as it stands, with whatever values are in it.`;
}
