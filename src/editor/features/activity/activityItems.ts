/** Rows of the Activity view, in words and icons. */
import { MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import type { Activity } from '../../../core/audit/activity.ts';
import { describeTotal, groupDigits, rows } from '../../../core/effect/describe.ts';

/** By the person's own calendar: `2026-11-21`. */
export function dayOf(time: number): string {
  const date = new Date(time);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}

export function dayItem(day: string): TreeItem {
  const today = dayOf(Date.now());
  const label = day === today ? 'Today' : new Date(`${day}T12:00:00`).toLocaleDateString(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
  const item = new TreeItem(label, TreeItemCollapsibleState.Expanded);
  item.id = `day/${day}`;
  item.contextValue = 'day';
  return item;
}

export function moreItem(count: number): TreeItem {
  const item = new TreeItem(count === 1 ? '1 older one' : `${groupDigits(count)} older ones`, TreeItemCollapsibleState.None);
  item.description = 'filter, or use countersign audit';
  item.iconPath = new ThemeIcon('ellipsis');
  item.contextValue = 'more';
  return item;
}

export function runItem(entry: Activity): TreeItem {
  const item = new TreeItem(capitalise(endOf(entry)), TreeItemCollapsibleState.None);
  const connection = connectionOf(entry);
  item.id = `run/${entry.run}`;
  item.iconPath = iconOf(entry);
  // How it ended must be readable in the narrowest side bar; the text can be cut off.
  item.description = [clock(entry.time), entry.member ?? '', connection, titleOf(entry)].filter((part) => part !== '').join(' · ');
  item.contextValue = entry.outcome === 'committed' && entry.undoneBy === undefined && entry.kind === 'change' && entry.member === undefined ? 'run committed' : 'run';
  item.tooltip = tooltipOf(entry, connection);
  item.command = { command: 'countersign.activity.details', title: 'Show Details', arguments: [{ kind: 'run', entry }] };
  item.accessibilityInformation = { label: [titleOf(entry), endOf(entry), connection, new Date(entry.time).toLocaleString()].filter((part) => part !== '').join(', ') };
  return item;
}

const longestTitle = 60;

/** As people call it; empty for what belongs to none. */
export function connectionOf({ target }: Activity): string {
  return target?.connection.replace(/^\w+:/u, '') ?? '';
}

function titleOf({ sql, kind, reason, notes }: Activity): string {
  const text = (kind === 'elevation' ? (reason ?? '') : sql || notes.join('; ') || (reason ?? '')).replaceAll(/\s+/gu, ' ').trim();
  return text.length > longestTitle ? `${text.slice(0, longestTitle)}…` : text || (kind === 'read' || kind === 'change' ? 'SQL not recorded' : '');
}

/** How it ended, as a person says it. */
export function endOf({ outcome, effects, rows: count, undoneBy, kind, control, emergency, answers }: Activity): string {
  switch (outcome) {
    case 'committed':
      return [committedText(emergency, effects.length === 0 ? 'committed' : `committed ${describeTotal(effects)}`, answers), ...(undoneBy === undefined ? [] : ['taken back since'])].join(', ');
    case 'read':
      return `read ${rows(count ?? 0)}`;
    case 'rolled-back':
      return 'rolled back';
    case 'in-doubt':
      return 'nobody knows whether it was committed';
    case 'recorded':
      return control === undefined ? (recordedEnds[kind]?.(count ?? 0) ?? outcome) : controlEnds[control];
    case 'awaiting-confirmation':
      return 'waits for confirmation';
    case 'open':
      // While its panel is open as well as after a crash.
      return 'no end recorded yet';
    default:
      return outcome;
  }
}

/** What somebody has to look at comes first: it must be readable in the narrowest side bar. */
function committedText(emergency: Activity['emergency'], what: string, answers: Activity['answers']): string {
  const names = [...new Set(answers.map(({ reviewer }) => reviewer))].join(' and ');
  const by = names === '' ? '' : ` by ${names}`;
  switch (emergency) {
    case undefined:
      return what;
    case 'unreviewed':
      return `not reviewed yet: ${what} without confirmation`;
    case 'rejected':
      return `rejected afterwards${by}: ${what} without confirmation`;
    case 'reviewed':
      return `${what} without confirmation, reviewed${by}`;
  }
}

const recordedEnds: Partial<Record<Activity['kind'], (count: number) => string>> = {
  elevation: () => 'write access',
  export: (count) => `copied ${rows(count)}`,
};

const controlEnds = { 'profile-changed': 'connection changed', 'settings-changed': 'settings changed', 'team-changed': 'team changed', 'endpoints-changed': 'places of records changed' } as const;

const kindIcons: Partial<Record<Activity['kind'], string>> = { refused: 'circle-slash', elevation: 'unlock', export: 'export', control: 'settings-gear', connect: 'plug' };

function iconOf({ outcome, kind, emergency }: Activity): ThemeIcon {
  // Red until somebody has signed that it was right.
  if (outcome === 'committed' && emergency === 'unreviewed') return new ThemeIcon('flame', new ThemeColor('countersign.removed'));
  if (outcome === 'committed' && emergency === 'rejected') return new ThemeIcon('error', new ThemeColor('countersign.removed'));
  if (outcome === 'committed') return new ThemeIcon('pass-filled', new ThemeColor('countersign.changed'));
  if (outcome === 'in-doubt' || outcome === 'open') return new ThemeIcon('question', new ThemeColor('problemsWarningIcon.foreground'));
  if (outcome === 'rejected') return new ThemeIcon('error', new ThemeColor('countersign.removed'));
  if (outcome === 'failed') return new ThemeIcon('error', new ThemeColor('problemsErrorIcon.foreground'));
  if (outcome === 'awaiting-confirmation') return new ThemeIcon('watch');
  return new ThemeIcon(kindIcons[kind] ?? (outcome === 'rolled-back' ? 'discard' : 'search'));
}

function tooltipOf(entry: Activity, connection: string): MarkdownString {
  const text = new MarkdownString();
  if (entry.sql !== '') text.appendCodeblock(entry.sql.slice(0, 2000), 'sql');
  for (const note of entry.notes) text.appendText(`${note}\n`);
  text.appendText(`${endOf(entry)}${connection === '' ? '' : ` on ${connection}`}\n${entry.actor.osUser}@${entry.actor.host}, ${new Date(entry.time).toLocaleString()}`);
  return text;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function clock(time: number): string {
  return new Date(time).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
}
