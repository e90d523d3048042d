/** The status bar while something runs, and while a change is open: impossible to overlook, one click from the decision. */
import { commands, Disposable, StatusBarAlignment, window } from 'vscode';
import type { StatusBarItem } from 'vscode';
import type { Clock } from '../../../app/ports.ts';
import { shortName } from '../../shortName.ts';
import { pathsOf } from '../binding/paths.ts';
import { alarm } from '../colours/alarm.ts';
import type { OpenReview } from '../review/openReview.ts';
import { describeSize } from '../review/reviewModel.ts';
import type { ReviewHost } from '../review/review.ts';
import type { ActiveRun, RunControl } from './runControl.ts';

const tickMs = 1000;
/** Shorter runs would only flicker. */
const patienceMs = 400;

export function createRunStatus(control: RunControl, review: ReviewHost, clock: Clock): Disposable {
  const open = createItem('countersign.openChange', 'Countersign: Open Change', 95, 'countersign.openReview');
  const running = createItem('countersign.running', 'Countersign: Running', 94, 'countersign.cancelQuery');
  let stopTimer: (() => void) | undefined;

  const paint = (): void => {
    stopTimer?.();
    const reviews = review.open();
    const runs = control.runs().filter(({ document }) => !review.openOf(document));
    showOpen(open, reviews, clock.now());
    showRunning(running, runs.filter(({ startedAt }) => clock.now() - startedAt >= patienceMs), clock.now());
    stopTimer = reviews.length + runs.length === 0 ? undefined : clock.after(runs.length > 0 ? patienceMs : tickMs, paint);
  };
  const changed = (): void => {
    paint();
    void publishKeys(control, review);
  };
  return Disposable.from(open, running, control.onDidChange(changed), review.onDidChange(changed), { dispose: () => stopTimer?.() });
}

function createItem(id: string, name: string, priority: number, command: string): StatusBarItem {
  const item = window.createStatusBarItem(id, StatusBarAlignment.Left, priority);
  item.name = name;
  item.command = command;
  return item;
}

function deadlineOf({ request: { basis, inspection, preview } }: OpenReview): number {
  return inspection || basis === 'rehearsed' ? Infinity : preview.expiresAt;
}

function showOpen(item: StatusBarItem, reviews: readonly OpenReview[], now: number): void {
  // What counts down comes first.
  const [first] = reviews.toSorted((a, b) => deadlineOf(a) - deadlineOf(b));
  if (!first) return item.hide();
  const { connection, preview, basis, inspection } = first.request;
  if (inspection || basis === 'rehearsed') return showWaiting(item, connection.name, reviews.length);
  const count = preview.statements.length;
  const statements = count === 1 ? '1 statement' : `${String(count)} statements`;
  const more = reviews.length > 1 ? ` +${String(reviews.length - 1)}` : '';
  const left = clockText(Math.max(0, preview.expiresAt - now));
  alarm(item, 'warning', 'countersign.changed');
  item.text = `$(git-commit) Not final: ${statements}, ${describeSize(preview.effects)} · ${left}${more}`;
  item.tooltip = `A change on ${connection.name} is open for ${clockText(now - preview.openedAt)} and rolls back in ${left}.\nNothing is final yet. Click to decide.`;
  item.accessibilityInformation = { label: `A change on ${connection.name} is not final: ${statements}, ${describeSize(preview.effects)}. Activate to decide.`, role: 'button' };
  item.show();
}

/** Nothing is open on the server: there is no hurry, and nothing to lose. */
function showWaiting(item: StatusBarItem, name: string, count: number): void {
  const more = count > 1 ? ` +${String(count - 1)}` : '';
  alarm(item, 'warning', 'countersign.changed');
  item.text = `$(git-commit) Waits for your decision${more}`;
  item.tooltip = `A statement on ${name} waits for your decision. Nothing is open on the server. Click to decide.`;
  item.accessibilityInformation = { label: `A statement on ${name} waits for your decision. Activate to decide.`, role: 'button' };
  item.show();
}

function showRunning(item: StatusBarItem, runs: readonly ActiveRun[], now: number): void {
  const [first] = runs;
  if (!first) return item.hide();
  item.text = `$(loading~spin) Running on ${shortName(first.profile.name)} ${clockText(now - first.startedAt)}`;
  item.tooltip = 'Click to cancel it on the server.';
  item.show();
}

/** `1:26` */
function clockText(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')}`;
}

/** For the when-clauses of menus and the palette. */
async function publishKeys(control: RunControl, review: ReviewHost): Promise<void> {
  const open = review.open().map(({ document }) => document);
  const running = control.runs().map(({ document }) => document).filter((document) => !open.includes(document));
  const set = async (key: string, value: unknown): Promise<unknown> => await commands.executeCommand('setContext', `countersign.${key}`, value);
  await Promise.all([set('openPaths', open.flatMap(pathsOf)), set('runningPaths', running.flatMap(pathsOf)), set('hasOpenChange', open.length > 0), set('hasRun', control.runs().length > 0)]);
}
