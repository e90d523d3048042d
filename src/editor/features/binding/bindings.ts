/** Which document is connected to what. Explicit, one document at a time, never inherited, and kept over a reload. */
import { EventEmitter, Uri, workspace } from 'vscode';
import type { Disposable, Event } from 'vscode';
import type { ConnectionProfile } from '../../../core/profile/connection.ts';
import type { ConnectionCatalogue } from '../../catalogue.ts';
import type { BindingFile } from './bindingFile.ts';
import { bindTo, resolveBinding, type Binding, type BoundDocument } from './boundDocument.ts';
import { isInTab, onDidLeaveTabs } from './tabs.ts';

export interface Bindings {
  /** What the document is connected to right now; `undefined` when it is not. */
  of(uri: Uri): Binding | undefined;
  uris(): readonly string[];
  bind(uri: Uri, profile: ConnectionProfile): void;
  unbind(uri: Uri): void;
  /** A document was bound or unbound, or its connection changed. */
  readonly onDidChange: Event<void>;
  /** A document was bound to something else or unbound by the person: its session is to end. */
  readonly onDidRebind: Event<Uri>;
  /** Resolves when the bindings of the last session are known. Never rejects. */
  readonly ready: Promise<void>;
}

export type BindingsOptions = {
  readonly catalogue: ConnectionCatalogue;
  readonly file: BindingFile;
  readonly onTrouble: (message: string) => void;
};

/** Connections of a team file arrive a moment after start; until then a missing one is not called missing. */
const settleMs = 3000;

export function createBindings({ catalogue, file, onTrouble }: BindingsOptions): Bindings & Disposable {
  const changed = new EventEmitter<void>();
  const rebound = new EventEmitter<Uri>();
  let documents = new Map<string, BoundDocument>();
  let settled = false;

  const settle = (): void => {
    settled = true;
    changed.fire();
  };
  const timer = setTimeout(settle, settleMs);
  const store = (): void => {
    changed.fire();
    file.save(documents).catch((error: unknown) => onTrouble(`The connection of this document is not remembered after a reload: ${String(error)}`));
  };
  const forget = (uri: Uri): void => {
    if (documents.delete(uri.toString())) store();
  };

  const restore = async (): Promise<void> => {
    const before = await file.load();
    // Whatever was bound while the file was read is newer.
    documents = new Map([...before].filter(([uri]) => survives(uri)).concat([...documents]));
    changed.fire();
  };

  const subscriptions = [
    changed,
    rebound,
    catalogue.onDidChange(settle),
    onDidLeaveTabs((uri) => {
      // The next untitled document may get the same name, and must not find a connection.
      if (uri.scheme === 'untitled') forget(uri);
    }),
    workspace.onDidRenameFiles(({ files }) => {
      for (const { oldUri, newUri } of files) move(oldUri.toString(), newUri.toString());
    }),
    workspace.onDidDeleteFiles(({ files }) => {
      for (const uri of files.flatMap((file) => within(file.toString()))) forget(Uri.parse(uri, true));
    }),
  ];

  /** A folder moves with everything in it. */
  function move(from: string, to: string): void {
    for (const uri of within(from)) {
      const bound = documents.get(uri);
      if (!bound) continue;
      documents.delete(uri);
      documents.set(to + uri.slice(from.length), bound);
      store();
    }
  }

  function within(place: string): readonly string[] {
    return [...documents.keys()].filter((uri) => uri === place || uri.startsWith(`${place}/`));
  }

  return {
    of(uri) {
      const bound = documents.get(uri.toString());
      return bound && resolveBinding(bound, catalogue.byId(bound.connection), settled);
    },
    uris: () => [...documents.keys()],
    bind(uri, profile) {
      const before = documents.get(uri.toString());
      documents.set(uri.toString(), bindTo(profile));
      if (before) rebound.fire(uri);
      store();
    },
    unbind(uri) {
      rebound.fire(uri);
      forget(uri);
    },
    onDidChange: changed.event,
    onDidRebind: rebound.event,
    ready: restore(),
    dispose() {
      clearTimeout(timer);
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

/** Untitled documents come back after a reload, but a new one of the same name must not inherit anything. */
function survives(uri: string): boolean {
  if (!uri.startsWith('untitled:')) return true;
  const document = workspace.textDocuments.find((candidate) => candidate.uri.toString() === uri);
  return isInTab(uri) && (document === undefined || document.getText() !== '');
}
