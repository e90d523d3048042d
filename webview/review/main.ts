/** The review panel: everything about an open change, and the decision. The host owns every decision; this page shows and asks. */
import './review.css';
import type { AwaitingModel, RequestAction } from '../../src/protocol/peerReview.ts';
import type { ReviewModel, ReviewToHost, ReviewToPage } from '../../src/protocol/review.ts';
import { createButton } from '../lib/controls.ts';
import { createAnnouncer } from '../lib/announce.ts';
import { el, setText, show } from '../lib/dom.ts';
import { formatCountdown } from '../lib/format.ts';
import { connectHost } from '../lib/host.ts';
import { sqlView } from '../lib/sqlView.ts';
import { setVisibleText, textNodes } from '../lib/textView.ts';
import { createAwaitingView } from './awaiting.ts';
import { createBanner } from './banner.ts';
import { definitionNodes } from './definition.ts';
import { createDiff } from './diff.ts';
import { driftNodes } from './drift.ts';
import { describeShares, effectTable } from './effects.ts';
import { createFooter } from './footer.ts';
import { createOutcomeView, outcomeWord } from './outcome.ts';
import type { ReviewEvent, ReviewState } from './state.ts';
import { canRollBack, initialState, nextState } from './state.ts';

const host = connectHost<ReviewToPage, ReviewToHost>((message) => receive(message));
const announcer = createAnnouncer();
const banner = createBanner();
const locks = el('span', { class: 'locks' });
const outcome = createOutcomeView({ onAskAgain: (request) => act(request, 'ask-again'), onUndo: (run) => host.post({ type: 'undo', run }) });
const awaiting = createAwaitingView((request, action) => act(request, action));
const drift = el('div', {});
const title = el('h1', {});
const subtitle = el('div', { class: 'sub subtitle' });
const statements = el('div', {});
const risks = el('ul', { class: 'risks' });
const instead = el('div', { class: 'instead', hidden: true });
const effects = el('div', {});
const definition = el('div', {});
const diff = createDiff((message) => host.post(message), (text) => announcer.say(text));
const facts = el('div', { class: 'facts' });
const undo = el('div', { class: 'facts undo', role: 'status', hidden: true });
const factsSection = el('section', {}, el('h2', {}, 'Good to know'), facts);
const footer = createFooter({
  onCommit: (typed) => decide({ type: 'asked-commit' }, { type: 'commit', review: state.model?.review ?? -1, typed }),
  onRollBack: () => rollBack(),
  onAskPeer: (asked) => decide({ type: 'asked-peer' }, { type: 'ask-peer', review: state.model?.review ?? -1, ...asked }),
  onEmergency: (emergency) => decide({ type: 'asked-peer' }, { type: 'break-glass', review: state.model?.review ?? -1, ...emergency }),
  onSetUpTeam: () => host.post({ type: 'set-up-team' }),
});
const loading = el('p', { class: 'sub loading', role: 'status' }, 'Preparing the review\u2026');
const content = el('main', { class: 'wrap', hidden: true }, outcome.element, drift, awaiting.element, title, subtitle, statements, risks, undo, instead, el('section', {}, el('h2', {}, 'Effect'), effects, definition), diff.element, factsSection);

let state: ReviewState = initialState;
/** Milliseconds this machine's clock is ahead of the host's. */
let skew = 0;
let ticker: number | undefined;

banner.element.append(locks);
document.body.append(banner.element, loading, content, footer.element, announcer.element);
document.body.dataset['vscodeContext'] = '{"preventDefaultContextMenuItems":true}';

function receive(message: ReviewToPage): void {
  switch (message.type) {
    case 'rows':
      return diff.receive(message);
    case 'locks':
      setVisibleText(locks, message.text);
      return paint();
    case 'undo':
      return showUndo(message);
    case 'model':
      showModel(message.model);
      break;
    case 'tables':
      diff.setTables(message.tables, state.model?.effects);
      break;
    case 'refused':
    case 'committing':
    case 'peer':
    case 'alone':
      break;
    case 'awaiting':
      skew = Date.now() - message.awaiting.now;
      break;
    case 'end':
      drift.replaceChildren(...driftNodes(message.end));
      break;
  }
  advance(message);
  if (message.type === 'model') footer.focusRollBack();
}

function advance(event: ReviewEvent): void {
  const before = state.phase;
  state = nextState(state, event);
  paint();
  if (state.phase === before || (state.phase !== 'ended' && state.phase !== 'awaiting')) return;
  if (state.phase === 'ended') window.clearInterval(ticker);
  // A page that is not in use must not take the focus from where the person is working.
  if (document.hasFocus()) (state.phase === 'ended' ? outcome : awaiting).focus();
  window.scrollTo({ top: 0 });
}

function act(request: string, action: RequestAction): void {
  host.post({ type: 'request-action', request, action });
}

function decide(event: ReviewEvent, message: ReviewToHost): void {
  const before = state.phase;
  advance(event);
  if (state.phase !== before) host.post(message);
}

function rollBack(): void {
  if (canRollBack(state)) decide({ type: 'asked-rollback' }, { type: 'rollback' });
}

function showModel(model: ReviewModel): void {
  skew = model.now === undefined ? 0 : Date.now() - model.now;
  show(loading, false);
  show(content, true);
  banner.show(model);
  setText(locks, '');
  setVisibleText(title, model.title);
  setVisibleText(subtitle, model.subtitle);
  statements.replaceChildren(
    ...model.statements.map((statement, index) =>
      sqlView(statement.text, model.statements.length > 1 ? statementLabel(statement, index, model.statements.length) : undefined, (text) => {
        host.post({ type: 'copy', text, rows: 0 });
        announcer.say('SQL copied');
      }),
    ),
  );
  risks.replaceChildren(...model.risks.map((risk) => el('li', { class: risk.level }, ...textNodes(risk.text))));
  effects.replaceChildren(model.basis === 'not-run' ? el('p', { class: 'sub' }, 'Nothing ran, so nothing was counted.') : effectTable(model));
  definition.replaceChildren(...definitionNodes(model.definition));
  diff.setTables(undefined);
  drift.replaceChildren();
  facts.replaceChildren(...model.facts.map((fact) => el('p', {}, el('b', {}, ...textNodes(fact.label)), ': ', ...textNodes(fact.text))));
  show(undo, false);
  showInstead(model);
  show(factsSection, model.facts.length > 0);
  footer.reset(model);
  window.clearInterval(ticker);
  ticker = window.setInterval(paint, 250);
}

function statementLabel({ commandTag, effects: own }: ReviewModel['statements'][number], index: number, count: number): string {
  const share = own === undefined || own.length === 0 ? '' : ` \u00b7 ${describeShares(own)}`;
  return `${String(index + 1)} of ${String(count)} \u00b7 ${commandTag}${share}`;
}

function showUndo({ text, exists }: Extract<ReviewToPage, { type: 'undo' }>): void {
  footer.setUndo(exists);
  // Whoever reads “No undo” must not have to look for it.
  undo.replaceChildren(el('p', exists ? {} : { class: 'warn' }, ...(exists ? [el('b', {}, 'Undo'), ': '] : []), ...textNodes(text)));
  show(undo, true);
}

function showInstead({ instead: offer }: ReviewModel): void {
  show(instead, offer !== undefined);
  if (offer === undefined) return;
  const button = createButton({ label: offer.label, kind: 'secondary', onPress: () => decide({ type: 'asked-rollback' }, { type: 'instead' }) });
  instead.replaceChildren(button.element, el('ul', { class: 'sub' }, ...offer.notes.map((note) => el('li', {}, ...textNodes(note)))));
}

function millisecondsLeft(): number {
  const { model } = state;
  if (model?.basis !== undefined) return Infinity;
  return model === undefined ? 0 : Math.min(model.holdMs, model.expiresAt - (Date.now() - skew));
}

function paint(): void {
  const { model, end } = state;
  const left = millisecondsLeft();
  outcome.show(end);
  awaiting.show(end === undefined ? state.awaiting : undefined);
  footer.show(state, left <= 0);
  if (model === undefined) return;
  if (end !== undefined) banner.settle(outcomeWord(end.kind), end.kind);
  else if (state.phase === 'committing') banner.settle('committing\u2026', 'committing');
  else if (state.awaiting !== undefined) paintAwaiting(state.awaiting);
  else if (model.basis === undefined) banner.tick(left, model.holdMs);
  show(locks, locks.textContent !== '' && end === undefined);
  const isUndecided = end === undefined && state.awaiting === undefined;
  // It speaks of an open change.
  show(subtitle, isUndecided);
  show(instead, isUndecided && model.instead !== undefined);
  if (end === undefined && state.phase === 'open') announceTime(left);
}

function paintAwaiting({ stage, expires }: AwaitingModel): void {
  const left = expires - (Date.now() - skew);
  if (stage === 'running') banner.settle('approved, running\u2026', 'committing');
  else banner.settle(left > 0 ? `expires in ${formatCountdown(left)}` : 'expired', 'awaiting');
}

/** Says the time at a few moments only; a screen reader that hears every second hears nothing else. */
function announceTime(left: number): void {
  for (const seconds of [60, 30, 10]) {
    if (left <= seconds * 1000 && left > seconds * 1000 - 1000) announcer.say(`The server rolls back in ${String(seconds)} seconds`);
  }
  if (left <= 0) announcer.say('Time is up, the server rolls back');
}

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.isComposing) return;
  event.preventDefault();
  if (!footer.leaveForm()) rollBack();
});

// The editor gives the focus to the page after the change is shown, or gives it back later: the safe button is where it lands.
window.addEventListener('focus', () => {
  if (document.activeElement === document.body && state.phase === 'open') footer.focusRollBack();
});

host.post({ type: 'ready' });
