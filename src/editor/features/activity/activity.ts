/** The Activity view: the local records as a timeline. Nothing is read before somebody looks. */
import { commands, EventEmitter, window } from 'vscode';
import type { ExtensionContext, TreeDataProvider } from 'vscode';
import type { LogTeam } from '../../../adapters/audit/delivery/logMember.ts';
import type { Spool } from '../../../adapters/audit/spool/spool.ts';
import { onDemand } from '../../../adapters/onDemand.ts';
import type { Clock } from '../../../app/ports.ts';
import type { Actor } from '../../../core/audit/record.ts';
import { loadActivityFeature } from '../../lazy.ts';
import type { ActivityNode } from './activityFeature.ts';

export type ActivityPorts = {
  readonly spool: Spool;
  /** The spool's folder. */
  readonly folder: string;
  readonly clock: Clock;
  /** Who works here. */
  readonly actor: Actor;
  /** Whose log has what others did; absent: nobody's. */
  readonly team?: () => Promise<LogTeam>;
};

/** Several records of one run come close together. */
const settleMs = 200;

export function registerActivity(context: ExtensionContext, ports: ActivityPorts): void {
  const changed = new EventEmitter<undefined>();
  const load = onDemand(async () => (await loadActivityFeature()).createActivityFeature({ ...ports, subscriptions: context.subscriptions }, () => changed.fire(undefined)));
  const tree: TreeDataProvider<ActivityNode> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: async (node) => (await load()).item(node),
    async getChildren(node) {
      const children = await (await load()).children(node);
      // Nothing was run: not said before it is known, nor where a filter hides what was.
      if (node === undefined) void commands.executeCommand('setContext', 'countersign.hasNoActivity', children.length === 0 && (view.description ?? '') === '');
      return children;
    },
  };
  const view = window.createTreeView<ActivityNode>('countersign.activity', { treeDataProvider: tree, showCollapseAll: false });
  let timer: NodeJS.Timeout | undefined;
  const stopListening = ports.spool.onAppended(() => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (view.visible) changed.fire(undefined);
    }, settleMs);
  });
  context.subscriptions.push(
    changed,
    view,
    view.onDidChangeVisibility(({ visible }) => visible && changed.fire(undefined)),
    { dispose: () => (clearTimeout(timer), stopListening()) },
    commands.registerCommand('countersign.activity.filter', async () => {
      view.description = (await (await load()).chooseFilter()) ?? '';
    }),
    commands.registerCommand('countersign.activity.details', async (node: ActivityNode) => await (await load()).details(node)),
    commands.registerCommand('countersign.activity.copy', async (node: ActivityNode) => await (await load()).copy(node)),
    commands.registerCommand('countersign.activity.reopen', async (node: ActivityNode) => await (await load()).reopen(node)),
    commands.registerCommand('countersign.activity.undo', async (node: ActivityNode) => await commands.executeCommand('countersign.undoChange', (await load()).runOf(node))),
  );
}
