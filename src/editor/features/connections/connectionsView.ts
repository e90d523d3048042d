/** The Connections view: problems first, then connections by environment, production last. */
import { commands, Disposable, EventEmitter, window } from 'vscode';
import type { TreeDataProvider, TreeItem } from 'vscode';
import { formatRemainingShort } from '../../../core/policy/accessLease.ts';
import { environments } from '../../../core/profile/connection.ts';
import type { Clock } from '../../../app/ports.ts';
import type { LeasingAccessControl } from '../access/accessControl.ts';
import type { Connections } from './connectionCatalogue.ts';
import { connectionItem, environmentItem, problemItem, problemsItem } from './connectionNode.ts';
import type { ConnectionNode, ConnectionState } from './connectionNode.ts';
import { rowColours } from './rowColours.ts';

export type ConnectionsViewPorts = { readonly catalogue: Connections; readonly access: LeasingAccessControl; readonly clock: Clock };

export function createConnectionsView(ports: ConnectionsViewPorts): Disposable {
  const { catalogue, access } = ports;
  const changed = new EventEmitter<undefined>();
  const view = window.createTreeView<ConnectionNode>('countersign.connections', { treeDataProvider: createTree(ports, changed) });
  const refresh = (): void => {
    view.message = catalogue.notice ?? '';
    setContext('hasConnections', catalogue.all().length > 0);
    setContext('writesAllowed', access.leases.all().length > 0);
    changed.fire(undefined);
  };
  refresh();
  return Disposable.from(changed, view, catalogue.onDidChange(refresh), access.onDidChange(refresh), refreshWithLeases(ports, refresh), window.registerFileDecorationProvider(rowColours));
}

/** For the when-clauses of the palette. */
function setContext(key: string, value: boolean): void {
  void commands.executeCommand('setContext', `countersign.${key}`, value);
}

/** Calls `refresh` whenever the remaining time of a lease reads differently. */
function refreshWithLeases({ access, clock }: ConnectionsViewPorts, refresh: () => void): Disposable {
  let stopTimer: (() => void) | undefined;
  let shown = '';
  const tick = (): void => {
    stopTimer?.();
    const running = access.leases.all();
    const text = running.map((lease) => formatRemainingShort(lease, clock.now())).join(' ');
    if (text !== shown) refresh();
    shown = text;
    stopTimer = running.length > 0 ? clock.after(1000, tick) : undefined;
  };
  return Disposable.from(access.onDidChange(tick), { dispose: () => stopTimer?.() });
}

function createTree({ catalogue, access, clock }: ConnectionsViewPorts, changed: EventEmitter<undefined>): TreeDataProvider<ConnectionNode> {
  const stateOf = (node: Extract<ConnectionNode, { kind: 'connection' }>): ConnectionState | undefined => {
    const profile = catalogue.byId(node.connection);
    if (!profile) return undefined;
    const lease = access.leases.running(profile.id);
    return { profile, policy: access.policyFor(profile), remaining: lease && formatRemainingShort(lease, clock.now()) };
  };
  return {
    onDidChangeTreeData: changed.event,
    getTreeItem: (node) => itemOf(node, catalogue, stateOf),
    getChildren: (node) => (node ? childrenOf(node, catalogue) : rootsOf(catalogue)),
  };
}

function itemOf(node: ConnectionNode, catalogue: Connections, stateOf: (node: Extract<ConnectionNode, { kind: 'connection' }>) => ConnectionState | undefined): TreeItem {
  switch (node.kind) {
    case 'environment':
      return environmentItem(node.environment);
    case 'problems':
      return problemsItem(catalogue.problems);
    case 'problem':
      return problemItem(node.problem);
    default: {
      const state = stateOf(node);
      return state ? connectionItem(state) : { label: 'removed' };
    }
  }
}

function rootsOf(catalogue: Connections): ConnectionNode[] {
  const used = environments.filter((environment) => catalogue.all().some((profile) => profile.environment === environment));
  const groups = used.map((environment): ConnectionNode => ({ kind: 'environment', environment }));
  return catalogue.problems.length > 0 ? [{ kind: 'problems' }, ...groups] : groups;
}

function childrenOf(node: ConnectionNode, catalogue: Connections): ConnectionNode[] {
  if (node.kind === 'problems') return catalogue.problems.map((problem) => ({ kind: 'problem', problem }));
  if (node.kind !== 'environment') return [];
  return catalogue.all().flatMap((profile): ConnectionNode[] => (profile.environment === node.environment ? [{ kind: 'connection', connection: profile.id }] : []));
}
