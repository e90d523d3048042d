/** The results view: what a run returned, in a grid that pulls rows as they are looked at, and the messages of the run. */
import './results.css';
import type { ResultsModel, ResultsToHost, ResultsToPage } from '../../src/protocol/results.ts';
import { createAnnouncer } from '../lib/announce.ts';
import { el, setText, show } from '../lib/dom.ts';
import { formatCount } from '../lib/format.ts';
import { connectHost } from '../lib/host.ts';
import { createTabs } from '../lib/tabs.ts';
import { textNodes } from '../lib/textView.ts';
import { contentOf, preferredResult, statusParts } from './content.ts';
import { messageList, noticesFor } from './notices.ts';
import type { Remembered } from './remembered.ts';
import { createPlaces, parseRemembered } from './remembered.ts';
import { createResultGrid } from './resultGrid.ts';
import { createStatusLine, environmentWords } from './statusLine.ts';

const host = connectHost<ResultsToPage, ResultsToHost>((message) => receive(message));
const announcer = createAnnouncer();
const grid = createResultGrid({ post: (message) => host.post(message), onSelect: (range) => status.showSelection(range), onReveal: () => revealGrid(), onShown: () => remember() });
const status = createStatusLine({ onCancel: () => host.post({ type: 'cancel' }), onCopy: (x, y) => grid.openCopyMenu(x, y), onSave: () => grid.save() });
const views = createTabs({ label: 'Results and messages', name: 'view', panel: 'view-panel', onSelect: () => paint() });
const statements = createTabs({ label: 'Statements', name: 'statement', panel: 'view-panel', onSelect: (id) => choose(Number(id)) });
const place = el('div', { class: 'place-of-run' });
const notices = el('div', { class: 'notices' });
const sentence = el('p', { class: 'sentence sub' });
const empty = el('div', { class: 'empty sub' }, el('p', {}, 'Run a statement with ', el('kbd', {}, /mac/i.test(navigator.platform) ? '\u2318 Enter' : 'Ctrl+Enter')), el('p', {}, 'What it returns is shown here. A write is previewed before anything is final.'));
const messages = el('div', { class: 'message-panel' });
const resultPanel = el('div', { class: 'result-panel' }, notices, sentence, empty, grid.element);
const panel = el('main', { id: 'view-panel', class: 'panel', role: 'tabpanel', 'aria-label': 'Results' }, resultPanel, messages);

let model: ResultsModel | undefined;
/** The statement a person chose in this run; without one the page follows the run. */
let chosen: number | undefined;
/** The run before was somewhere else: its rows must not stand under another name, not even for a moment. */
let isElsewhere = false;
const places = createPlaces(parseRemembered(host.recall()));

document.body.append(el('header', { class: 'bar' }, views.element, place), statements.element, panel, status.element, announcer.element);
document.body.dataset['vscodeContext'] = '{"preventDefaultContextMenuItems":true}';
statements.element.classList.add('statements');

function receive(message: ResultsToPage): void {
  if (message.type === 'rows') return grid.receive(message);
  const isNewRun = message.model.run !== model?.run;
  // The host answers for the newest run only: rows of an older one would never come.
  if (isNewRun) grid.forget();
  if (isNewRun) isElsewhere = model?.connection !== message.model.connection || model.where !== message.model.where;
  model = message.model;
  if (isNewRun) {
    const before = places.of(model.run);
    chosen = before?.result;
    setTabs();
    views.select(before?.view ?? 'results');
  }
  setTabs();
  paint();
  if (!model.running) announce(model);
}

function choose(index: number): void {
  chosen = index;
  paint();
}

function index(): number {
  return model === undefined ? 0 : (chosen ?? preferredResult(model.results));
}

function setTabs(): void {
  const count = model?.messages.length ?? 0;
  const worst = model?.messages.some((message) => message.level === 'error') === true ? 'del' : model?.messages.some((message) => message.level === 'warning') === true ? 'chg' : 'sub';
  views.set([
    { id: 'results', content: ['Results'] },
    { id: 'messages', content: count === 0 ? ['Messages'] : ['Messages', el('i', { class: worst }, formatCount(count))] },
  ]);
  const results = model?.results ?? [];
  statements.set(
    results.map((result, position) => ({
      id: String(position),
      content: [el('span', { class: `dot ${result.state}`, 'aria-label': result.state, role: 'img' }), `${String(position + 1)} \u00b7 `, ...textNodes(shorten(result.commandTag ?? result.statement))],
      title: result.statement,
    })),
  );
  statements.select(String(index()));
}

function paint(): void {
  const isMessages = views.selected() === 'messages';
  const result = model?.results[index()];
  const content = contentOf(model, index());
  show(statements.element, !isMessages && (model?.results.length ?? 0) > 1);
  show(messages, isMessages);
  show(resultPanel, !isMessages);
  panel.setAttribute('aria-label', isMessages ? 'Messages' : 'Results');
  paintPlace();
  status.show(model, isMessages ? undefined : result);
  if (model === undefined) return showOnly('empty');
  if (isMessages) messages.replaceChildren(messageList(model.messages));
  if (content.kind === 'running') return waitForResult();
  if (content.kind === 'grid') {
    const before = places.of(model.run);
    grid.show(model, index(), before?.result === index() ? before : undefined);
    // Until the first rows are here what was shown before stays, marked as past.
    if (grid.current()?.run !== model.run || grid.current()?.index !== index()) waitForResult();
    return;
  }
  paintNotices();
  setText(sentence, content.kind === 'sentence' ? content.text : '');
  showOnly(content.kind);
}

function revealGrid(): void {
  paintNotices();
  resultPanel.classList.remove('past');
  isElsewhere = false;
  const current = model?.results[index()];
  setText(sentence, current?.rowCount === 0 && current.state === 'done' ? 'No rows.' : '');
  showOnly('grid');
}

/** The result of the run before stays until there is something to show: an empty page in between would only flicker. */
function waitForResult(): void {
  if (grid.current() !== undefined && !grid.element.hidden && !isElsewhere) {
    resultPanel.classList.add('past');
    return;
  }
  paintNotices();
  setText(sentence, 'Running\u2026');
  showOnly('sentence');
}

function showOnly(kind: 'empty' | 'grid' | 'sentence'): void {
  if (kind !== 'grid') resultPanel.classList.remove('past');
  show(empty, kind === 'empty');
  show(grid.element, kind === 'grid');
  show(sentence, sentence.textContent !== '' && kind !== 'empty');
}

function paintNotices(): void {
  if (model === undefined) return notices.replaceChildren();
  const { run } = model;
  notices.replaceChildren(...noticesFor(model, model.results[index()], (action) => host.post({ type: 'act', run, action })));
}

function paintPlace(): void {
  if (model === undefined) return;
  const word = environmentWords[model.environment];
  document.body.dataset['environment'] = model.environment;
  place.className = `place-of-run env-${model.environment}`;
  place.replaceChildren(el('b', {}, word), el('span', { class: 'where' }, ...textNodes(model.connection), ' ', el('span', { class: 'sub' }, ...textNodes(model.where))));
}

function announce(done: ResultsModel): void {
  const result = done.results[index()];
  announcer.say(done.summary?.title ?? result?.error?.message ?? (result === undefined ? '' : statusParts(result).join(', ')));
}

function remember(): void {
  const current = grid.current();
  // Until its rows are here the grid stands where the run before was.
  if (model === undefined || (current !== undefined && current.run !== model.run)) return;
  const here: Remembered = { run: model.run, view: views.selected() === 'messages' ? 'messages' : 'results', result: index(), ...grid.position() };
  places.keep(here);
  host.remember(here);
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 32 ? `${line.slice(0, 31)}\u2026` : line;
}

views.element.addEventListener('click', remember);
grid.element.addEventListener('scrollend', remember);

setTabs();
paint();
host.post({ type: 'ready' });
