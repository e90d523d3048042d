/** Reads the records, and shows them as days and runs. Loaded when the view is first looked at. */
import { env, window, workspace } from 'vscode';
import type { Disposable, QuickPickItem, TreeItem } from 'vscode';
import { filterActivity, summariseActivity, type Activity, type ActivityFilter } from '../../../core/audit/activity.ts';
import type { ActivityPorts } from './activity.ts';
import { dayItem, dayOf, moreItem, runItem } from './activityItems.ts';
import { createDetails } from './activityDetails.ts';
import { chainStateOf } from './chainState.ts';
import { createRecordsReader } from './readRecords.ts';

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

export function createActivityFeature({ folder, subscriptions }: Pick<ActivityPorts, 'folder'> & { readonly subscriptions: Disposable[] }, changed: () => void): ActivityFeature {
  const details = createDetails(subscriptions);
  const records = createRecordsReader(folder);
  let filter: { readonly name: string | undefined; readonly value: ActivityFilter } = { name: undefined, value: {} };
  let shown: readonly Activity[] = [];
  /** How many entries there are beyond those that are shown. */
  let more = 0;

  const read = async (): Promise<readonly Activity[]> => {
    return filterActivity(summariseActivity(await records.read()), filter.value);
  };

  const show = (next: typeof filter): string | undefined => {
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
      const items: FilterItem[] = [...fixed, ...connections.map((connection) => ({ label: `$(database) ${connection.replace(/^\w+:/u, '')}`, filter: { connection } }))];
      const picked = await window.showQuickPick(items, { title: 'Activity', placeHolder: 'What to show' });
      if (!picked) return filter.name;
      return show({ name: picked.filter === everything ? undefined : picked.label.replace(/^\$\([\w-]+\) /u, ''), value: picked.filter });
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

type FilterItem = QuickPickItem & { readonly filter: ActivityFilter };

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
