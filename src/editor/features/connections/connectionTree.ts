/** The rows of the Connections view: problems first, then connections by environment, production last. */
import { Disposable, window } from 'vscode';
import type { TreeItem } from 'vscode';
import { formatRemainingShort } from '../../../core/policy/accessLease.ts';
import { environments } from '../../../core/profile/connection.ts';
import type { Connections } from './connectionCatalogue.ts';
import { connectionItem, environmentItem, problemItem, problemsItem } from './connectionNode.ts';
import type { ConnectionNode, ConnectionState } from './connectionNode.ts';
import type { ConnectionsViewPorts } from './connectionsView.ts';
import { rowColours } from './rowColours.ts';

export interface ConnectionTree extends Disposable {
  item(node: ConnectionNode): TreeItem;
  children(node?: ConnectionNode): ConnectionNode[];
}

/** @param refresh - what the rows say has changed */
export function createConnectionTree(ports: ConnectionsViewPorts, refresh: () => void): ConnectionTree {
  const { catalogue, access, clock } = ports;
  const stateOf = (node: Extract<ConnectionNode, { kind: 'connection' }>): ConnectionState | undefined => {
    const profile = catalogue.byId(node.connection);
    if (!profile) return undefined;
    const lease = access.leases.running(profile.id);
    return { profile, policy: access.policyFor(profile), remaining: lease && formatRemainingShort(lease, clock.now()) };
  };
  const parts = Disposable.from(refreshWithLeases(ports, refresh), window.registerFileDecorationProvider(rowColours));
  return {
    item: (node) => itemOf(node, catalogue, stateOf),
    children: (node) => (node ? childrenOf(node, catalogue) : rootsOf(catalogue)),
    dispose: () => void parts.dispose(),
  };
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
  tick();
  return Disposable.from(access.onDidChange(tick), { dispose: () => stopTimer?.() });
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
