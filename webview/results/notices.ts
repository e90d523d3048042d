/** What stands above a result: the error of its statement, or how the whole run ended. */
import type { ResultModel, ResultsAction, ResultsModel } from '../../src/protocol/results.ts';
import { createButton } from '../lib/controls.ts';
import { el } from '../lib/dom.ts';
import { textNodes } from '../lib/textView.ts';

type Level = 'info' | 'warning' | 'error';

const symbols: Readonly<Record<Level, string>> = { info: 'i', warning: '!', error: '\u2715' };

/** The cards for a run, most important first; empty when there is nothing to say. */
export function noticesFor(model: ResultsModel, result: ResultModel | undefined, act: (action: ResultsAction) => void): readonly HTMLElement[] {
  const cards: HTMLElement[] = [];
  if (model.summary !== undefined) cards.push(summaryCard(model.summary, act));
  if (result?.error !== undefined) cards.push(errorCard(result.error));
  return cards;
}

function summaryCard({ level, title, text, action }: NonNullable<ResultsModel['summary']>, act: (action: ResultsAction) => void): HTMLElement {
  const element = card(level, title, [text]);
  if (action) {
    const { element: button } = createButton({ label: action.label, kind: 'secondary', onPress: () => act(action.id) });
    element.querySelector('.card-text')?.append(el('p', { class: 'card-action' }, button));
  }
  return element;
}

function errorCard(error: NonNullable<ResultModel['error']>): HTMLElement {
  const place = [error.at, error.sqlState === undefined ? undefined : `SQLSTATE ${error.sqlState}`].filter((part) => part !== undefined).join(' \u00b7 ');
  const lines = [error.detail, error.hint === undefined ? undefined : `Hint: ${error.hint}`].filter((line) => line !== undefined);
  const element = card('error', error.message, lines);
  if (place !== '') element.querySelector('.card-text')?.append(el('p', { class: 'sub place' }, ...textNodes(place)));
  return element;
}

function card(level: Level, title: string, lines: readonly string[]): HTMLElement {
  return el(
    'div',
    { class: `card ${level}`, role: level === 'info' ? 'status' : 'alert' },
    el('span', { class: 'card-symbol', 'aria-hidden': true }, symbols[level]),
    el('div', { class: 'card-text' }, el('h2', {}, ...textNodes(title)), ...lines.filter((line) => line !== '').map((line) => el('p', {}, ...textNodes(line)))),
  );
}

/** Notices and the story of the run, oldest first. */
export function messageList(messages: ResultsModel['messages']): HTMLElement {
  if (messages.length === 0) return el('p', { class: 'sentence sub' }, 'No messages in this run.');
  return el(
    'ol',
    { class: 'messages' },
    ...messages.map(({ level, text }) =>
      el('li', { class: level }, el('span', { class: 'card-symbol', role: 'img', 'aria-label': level }, symbols[level]), el('span', { class: 'message-text' }, ...textNodes(text))),
    ),
  );
}
