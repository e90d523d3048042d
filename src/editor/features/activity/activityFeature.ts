/** Reads the records, and shows them as days and runs. Loaded when the view is first looked at. */
import { env, window, workspace } from 'vscode';
import type { Disposable, QuickPickItem, TreeItem } from 'vscode';
import { listStreams, readStream } from '../../../adapters/audit/spool/streams.ts';
import { filterActivity, summariseActivity, type Activity, type ActivityFilter } from '../../../core/audit/activity.ts';
import type { ActivityPorts } from './activity.ts';
import { dayItem, dayOf, runItem } from './activityItems.ts';
import { createDetails } from './activityDetails.ts';

export type ActivityNode = { readonly kind: 'day'; readonly day: string } | { readonly kind: 'run'; readonly entry: Activity };

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

/** Enough to go back some weeks; older records are read with the command line. */
const newestStreams = 200;
const mostRuns = 1000;

export function createActivityFeature({ folder, subscriptions }: Pick<ActivityPorts, 'folder'> & { readonly subscriptions: Disposable[] }, changed: () => void): ActivityFeature {
  const details = createDetails(subscriptions);
  let filter: { readonly name: string | undefined; readonly value: ActivityFilter } = { name: undefined, value: {} };
  let shown: readonly Activity[] = [];

  const read = async (): Promise<readonly Activity[]> => {
    const streams = (await listStreams(folder)).toSorted().slice(-newestStreams);
    const events = (await Promise.all(streams.map(async (stream) => (await readStream(folder, stream)).events))).flat();
    return filterActivity(summariseActivity(events.map(({ body }) => body)), filter.value).slice(0, mostRuns);
  };

  const show = (next: typeof filter): string | undefined => {
    filter = next;
    changed();
    return next.name;
  };

  return {
    async children(node) {
      if (node) return node.kind === 'day' ? shown.filter(({ time }) => dayOf(time) === node.day).map((entry) => ({ kind: 'run', entry })) : [];
      shown = await read();
      return [...new Set(shown.map(({ time }) => dayOf(time)))].map((day) => ({ kind: 'day', day }));
    },
    item: (node) => (node.kind === 'day' ? dayItem(node.day) : runItem(node.entry)),
    async chooseFilter() {
      const connections = [...new Set(summariseConnections(await read()))];
      const items: FilterItem[] = [...fixed, ...connections.map((connection) => ({ label: `$(database) ${connection.replace(/^\w+:/u, '')}`, filter: { connection } }))];
      const picked = await window.showQuickPick(items, { title: 'Activity', placeHolder: 'What to show' });
      if (!picked) return filter.name;
      return show({ name: picked.filter === everything ? undefined : picked.label.replace(/^\$\([\w-]+\) /u, ''), value: picked.filter });
    },
    async details(node) {
      if (node.kind === 'run') await details.show(node.entry);
    },
    async copy(node) {
      if (node.kind === 'run') await env.clipboard.writeText(node.entry.sql);
    },
    async reopen(node) {
      if (node.kind !== 'run') return;
      await window.showTextDocument(await workspace.openTextDocument({ language: 'sql', content: node.entry.sql }));
    },
    runOf: (node) => (node.kind === 'run' ? node.entry.run : undefined),
  };
}

type FilterItem = QuickPickItem & { readonly filter: ActivityFilter };

const everything: ActivityFilter = {};
const fixed: readonly FilterItem[] = [
  { label: '$(list-flat) Everything', filter: everything },
  { label: '$(edit) Changes', filter: { kinds: ['change'] } },
  { label: '$(search) Reads', filter: { kinds: ['read'] } },
  { label: '$(circle-slash) Refused', filter: { kinds: ['refused'] } },
  { label: '$(unlock) Write access', filter: { kinds: ['elevation'] } },
];

function summariseConnections(entries: readonly Activity[]): readonly string[] {
  return entries.map(({ target }) => target.connection);
}
