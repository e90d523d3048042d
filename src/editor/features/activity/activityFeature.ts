/** Reads the records, and shows them as days and runs. Loaded when the view is first looked at. */
import { env, window, workspace } from 'vscode';
import type { Disposable, QuickPickItem, TreeItem } from 'vscode';
import { filterActivity, summariseActivity, type Activity, type ActivityEvent, type ActivityFilter } from '../../../core/audit/activity.ts';
import { plainText } from '../../plainText.ts';
import { recordsPolicy } from '../audit/auditSettings.ts';
import type { ActivityPorts } from './activity.ts';
import { dayItem, dayOf, moreItem, runItem } from './activityItems.ts';
import { createDetails } from './activityDetails.ts';
import { chainStateOf } from './chainState.ts';
import { createRecordsReader } from './readRecords.ts';
import { createTeamRecords } from './teamRecords.ts';

export type ActivityNode = { readonly kind: 'day'; readonly day: string } | { readonly kind: 'run'; readonly entry: Activity } | { readonly kind: 'more'; readonly count: number };

export interface ActivityFeature {
  children(node: ActivityNode | undefined): Promise<ActivityNode[]>;
  item(node: ActivityNode): TreeItem;
  /** Asks what to show; returns it in words, `undefined` for everything. */
  chooseFilter(): Promise<string | undefined>;
  details(node: ActivityNode): Promise<void>;
  copy(node: ActivityNode): Promise<void>;
  reopen(node: ActivityNode): Promise<void>;
  runOf(node: ActivityNode): string | undefined;
}

const mostRuns = 1000;

export function createActivityFeature({ folder, clock, actor, team, subscriptions }: Omit<ActivityPorts, 'spool'> & { readonly subscriptions: Disposable[] }, changed: () => void): ActivityFeature {
  const details = createDetails(subscriptions);
  const records = createRecordsReader(folder);
  const others = team && createTeamRecords({ clock, team, endpoints: () => recordsPolicy().endpoints });
  let filter: Shown = { name: undefined, value: {} };
  let shown: readonly Activity[] = [];
  /** How many entries there are beyond those that are shown. */
  let more = 0;

  const read = async (): Promise<readonly Activity[]> => {
    const events = filter.isTeam === true ? await readOthers() : await records.read();
    return filterActivity(summariseActivity(events), filter.value);
  };

  const readOthers = async (): Promise<readonly ActivityEvent[]> => {
    const read = (await others?.read()) ?? 'there is no log to ask.';
    if (typeof read !== 'string') return read;
    void window.showWarningMessage(plainText(`What others did cannot be shown: ${read}`));
    return [];
  };

  const show = (next: Shown): string | undefined => {
    filter = next;
    changed();
    return next.name;
  };

  return {
    async children(node) {
      if (node) return node.kind === 'day' ? shown.filter(({ time }) => dayOf(time) === node.day).map((entry) => ({ kind: 'run', entry })) : [];
      const all = await read();
      shown = all.slice(0, mostRuns);
      more = all.length - shown.length;
      const days: ActivityNode[] = [...new Set(shown.map(({ time }) => dayOf(time)))].map((day) => ({ kind: 'day', day }));
      return more > 0 ? [...days, { kind: 'more', count: more }] : days;
    },
    item(node) {
      if (node.kind === 'more') return moreItem(node.count);
      return node.kind === 'day' ? dayItem(node.day) : runItem(node.entry);
    },
    async chooseFilter() {
      const connections = [...new Set(summariseActivity(await records.read()).flatMap(({ target }) => target?.connection ?? []))];
      const people: readonly FilterItem[] = others?.isThere() === true ? [{ label: '$(person) Mine', filter: { actor } }, { label: '$(organization) Team', description: 'what others did, from the log of the team', filter: everything, isTeam: true }] : [];
      const items: FilterItem[] = [...fixed, ...people, ...connections.map((connection) => ({ label: `$(database) ${connection.replace(/^\w+:/u, '')}`, filter: { connection } }))];
      const picked = await window.showQuickPick(items, { title: 'Activity', placeHolder: 'What to show' });
      if (!picked) return filter.name;
      return show({ isTeam: picked.isTeam === true, name: picked.filter === everything && picked.isTeam !== true ? undefined : picked.label.replace(/^\$\([\w-]+\) /u, ''), value: picked.filter });
    },
    async details(node) {
      if (node.kind === 'run') await details.show(node.entry, await chainStateOf(node.entry, folder, records.stream));
    },
    async copy(node) {
      if (node.kind === 'run' && hasText(node.entry)) await env.clipboard.writeText(node.entry.sql);
    },
    async reopen(node) {
      if (node.kind !== 'run' || !hasText(node.entry)) return;
      await window.showTextDocument(await workspace.openTextDocument({ language: 'sql', content: node.entry.sql }));
    },
    runOf: (node) => (node.kind === 'run' ? node.entry.run : undefined),
  };
}

type Shown = { readonly name: string | undefined; readonly value: ActivityFilter; /** What others did, instead of what is recorded here. */ readonly isTeam?: boolean };
type FilterItem = QuickPickItem & { readonly filter: ActivityFilter; readonly isTeam?: true };

const everything: ActivityFilter = {};
const fixed: readonly FilterItem[] = [
  { label: '$(list-flat) Everything', filter: everything },
  { label: '$(edit) Writes', filter: { kinds: ['change'] } },
  { label: '$(search) Reads', filter: { kinds: ['read'] } },
  { label: '$(circle-slash) Refused', filter: { kinds: ['refused'] } },
  { label: '$(unlock) Write access', filter: { kinds: ['elevation'] } },
  { label: '$(export) Copied rows', filter: { kinds: ['export'] } },
  { label: '$(settings-gear) Settings and connections', filter: { kinds: ['control'] } },
  { label: '$(plug) Opened connections', filter: { kinds: ['connect'] } },
];

/** False, and said, where the settings keep only digests of texts. */
function hasText({ sql }: Activity): boolean {
  if (sql === '') void window.showInformationMessage('There is no SQL in this record: none ran, or the setting countersign.audit.includeSql keeps only its digest.');
  return sql !== '';
}
