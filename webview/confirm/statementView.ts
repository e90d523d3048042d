/** One statement, whole: nothing a reviewer signs is cut off or hidden at an edge. */
import type { RequestBody } from '../../src/core/approval/request.ts';
import { el } from '../lib/dom.ts';
import { countOf } from '../lib/format.ts';
import { tokenizeSql } from '../lib/sqlTokens.ts';
import { partNodes, textNodes } from '../lib/textView.ts';
import { valueNodes } from '../lib/valueView.ts';
import { visibleParts } from '../lib/visibleText.ts';

type Statement = RequestBody['statements'][number];

export function statementView({ sql, params }: Statement, index: number, count: number): HTMLElement {
  const lines = linesOf(sql);
  const heading = count > 1 ? `${String(index + 1)} of ${String(count)} \u00b7 ` : '';
  const size = lines.length > 12 ? `${countOf(lines.length, 'line')}, ${countOf(sql.length, 'character')}` : '';
  return el(
    'section',
    { class: 'sql', 'aria-label': `SQL${count > 1 ? `, ${String(index + 1)} of ${String(count)}` : ''}`, dir: 'ltr' },
    heading + size === '' ? undefined : el('div', { class: 'sql-head sub' }, heading + size),
    el('div', { class: 'sql-lines whole' }, ...lines),
    params.length === 0 ? undefined : el('dl', { class: 'params' }, ...params.flatMap(({ t, v }, position) => [el('dt', {}, `$${String(position + 1)} `, el('span', { class: 'sub' }, ...textNodes(t))), el('dd', {}, ...valueNodes(v, undefined, Number.MAX_SAFE_INTEGER))])),
  );
}

function linesOf(sql: string): readonly HTMLElement[] {
  const lines: HTMLElement[] = [];
  const newLine = (): HTMLElement => {
    const line = el('div', { class: 'sql-line', 'data-n': lines.length + 1 });
    lines.push(line);
    return line;
  };
  let line = newLine();
  for (const { kind, text } of tokenizeSql(sql)) {
    for (const [index, piece] of text.split('\n').entries()) {
      if (index > 0) line = newLine();
      const nodes = partNodes(visibleParts(piece, '\t'));
      if (kind === 'plain') line.append(...nodes);
      else line.append(el('span', { class: kind }, ...nodes));
    }
  }
  return lines;
}
