/** The Connections view. Its rows are loaded when they are in view for the first time. */
import { commands, EventEmitter, window } from 'vscode';
import type { Disposable } from 'vscode';
import type { Clock } from '../../../app/ports.ts';
import { onDemand } from '../../../adapters/onDemand.ts';
import { loadConnectionTree } from '../../lazy.ts';
import type { LeasingAccessControl } from '../access/accessControl.ts';
import type { Connections } from './connectionCatalogue.ts';
import type { ConnectionNode } from './connectionNode.ts';

export type ConnectionsViewPorts = { readonly catalogue: Connections; readonly access: LeasingAccessControl; readonly clock: Clock };

export function createConnectionsView(ports: ConnectionsViewPorts): Disposable {
  const { catalogue, access } = ports;
  const changed = new EventEmitter<undefined>();
  const parts: Disposable[] = [];
  const tree = onDemand(async () => {
    const { createConnectionTree } = await loadConnectionTree();
    const made = createConnectionTree(ports, refresh);
    parts.push(made);
    return made;
  });
  const view = window.createTreeView<ConnectionNode>('countersign.connections', {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: async (node) => (await tree()).item(node),
      getChildren: async (node) => (await tree()).children(node),
    },
  });
  const refresh = (): void => {
    view.message = catalogue.notice ?? '';
    setContext('hasConnections', catalogue.all().length > 0);
    setContext('writesAllowed', access.leases.all().length > 0);
    changed.fire(undefined);
  };
  refresh();
  parts.push(changed, view, catalogue.onDidChange(refresh), access.onDidChange(refresh));
  return { dispose: () => parts.forEach((made) => void made.dispose()) };
}

/** For the when-clauses of the palette. */
function setContext(key: string, value: boolean): void {
  void commands.executeCommand('setContext', `countersign.${key}`, value);
}
