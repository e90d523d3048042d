/** What a definition changes in the catalogue, and what it costs. */
import type { CatalogChange, DefinitionEffect } from '../../src/core/effect/preview.ts';
import { el } from '../lib/dom.ts';
import { countOf } from '../lib/format.ts';
import { textNodes } from '../lib/textView.ts';

const signs = { added: '+', dropped: '\u2212', changed: '~' } as const;
const tones = { added: 'add', dropped: 'del', changed: 'chg' } as const;

/** Nothing when no definition was changed. What goes with something else comes last. */
export function definitionNodes(definition: DefinitionEffect | undefined): readonly HTMLElement[] {
  if (definition === undefined) return [];
  const { changes, rewritten, scanned, onCopy } = definition;
  const named = changes.filter(({ cascaded }) => cascaded !== true);
  const cascaded = changes.filter((change) => change.cascaded === true);
  const costs = [
    ...rewritten.map(({ schema, table }) => `${schema}.${table} is written anew, whole.`),
    ...scanned.map(({ table, rows }) => `All of ${table.schema}.${table.table} is read (${countOf(rows, 'row')}).`),
    ...(onCopy === true ? ['Tried on an empty copy of the table: the real one is too big to be held. Data can still get in the way.'] : []),
  ];
  return [
    ...(changes.length === 0 ? [el('p', { class: 'sub' }, 'No definition was changed.')] : [el('ul', { class: 'definition' }, ...[...named, ...cascaded].map(changeItem))]),
    ...costs.map((text) => el('p', { class: 'note' }, ...textNodes(text))),
  ];
}

function changeItem({ kind, object, name, detail, cascaded }: CatalogChange): HTMLElement {
  return el(
    'li',
    { class: tones[kind] },
    el('b', { 'aria-label': kind }, signs[kind]),
    el('span', { class: 'sub' }, `${object} `),
    el('code', {}, ...textNodes(name)),
    detail === undefined ? undefined : el('span', { class: 'sub' }, ' ', ...textNodes(detail)),
    ...(cascaded === true ? [' ', el('span', { class: 'emptied' }, 'goes with it')] : []),
  );
}
