/** SQL to read before deciding: numbered, wrapped, coloured, with hidden characters shown. */
import { createButton } from './controls.ts';
import { el } from './dom.ts';
import { countOf } from './format.ts';
import type { SqlToken } from './sqlTokens.ts';
import { tokenizeSql } from './sqlTokens.ts';
import { partNodes } from './textView.ts';
import { visibleParts } from './visibleText.ts';

/** What is shown at first, and how much more each press shows: a 5 MB script must not freeze the page. */
const firstLines = 20;
const firstCharacters = 3000;
const stepCharacters = 100_000;

/**
 * @param text - the exact text that ran
 * @param heading - stands above it, e.g. `2 of 3 · UPDATE 12`
 * @param onCopy - a person wants the exact text on the clipboard
 */
export function sqlView(text: string, heading: string | undefined, onCopy: (text: string) => void): HTMLElement {
  const lines = el('div', { class: 'sql-lines' });
  const all = lineCount(text);
  const more = createButton({ label: '', kind: 'quiet', onPress: () => grow() });
  const copy = createButton({ label: 'Copy', kind: 'quiet', title: 'Copy SQL', onPress: () => onCopy(text) });
  const section = el(
    'section',
    { class: 'sql', 'aria-label': heading === undefined ? 'SQL' : `SQL, ${heading}` },
    heading === undefined ? undefined : el('div', { class: 'sql-head sub' }, heading),
    el('div', { class: 'sql-copy' }, copy.element),
    lines,
    el('div', { class: 'sql-more' }, more.element),
  );
  let shown = 0;
  let number = 0;

  const draw = (end: number) => {
    lines.replaceChildren();
    shown = end;
    number = 0;
    for (const line of splitLines(tokenizeSql(text.slice(0, end)))) lines.append(lineElement(line, ++number));
    const isAll = shown >= text.length;
    section.classList.toggle('partial', !isAll);
    more.setLabel(isAll ? '' : `Show more: ${countOf(all, 'line')} in all`);
    more.element.hidden = isAll;
  };
  const grow = () => draw(endOfPart(text, shown + stepCharacters, Number.MAX_SAFE_INTEGER));
  draw(endOfPart(text, firstCharacters, firstLines));
  return section;
}

function lineElement(tokens: readonly SqlToken[], number: number): HTMLElement {
  const line = el('div', { class: 'sql-line', 'data-n': number });
  for (const token of tokens) {
    const nodes = partNodes(visibleParts(token.text, '\t'));
    if (token.kind === 'plain') line.append(...nodes);
    else line.append(el('span', { class: token.kind }, ...nodes));
  }
  return line;
}

/** Tokens cut at the ends of lines, so that a string over three lines colours all three. */
function splitLines(tokens: readonly SqlToken[]): readonly (readonly SqlToken[])[] {
  const lines: SqlToken[][] = [[]];
  for (const token of tokens) {
    const [first = '', ...rest] = token.text.split(/\r?\n/);
    lines.at(-1)?.push({ kind: token.kind, text: first });
    for (const text of rest) lines.push([{ kind: token.kind, text }]);
  }
  return lines;
}

function lineCount(text: string): number {
  return (text.match(/\n/g)?.length ?? 0) + 1;
}

/** Where to stop: after so many lines or characters, at the end of a line when one is near, else in the middle of it. */
function endOfPart(text: string, characters: number, lines: number): number {
  let end = -1;
  for (let line = 0; line < lines; line++) {
    const next = text.indexOf('\n', end + 1);
    if (next < 0) return text.length <= characters ? text.length : Math.max(end, characters);
    if (next > characters) return end > 0 ? end : characters;
    end = next;
  }
  return end;
}
