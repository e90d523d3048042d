/** “Undo a Committed Change…”: choose one, see what taking it back does, and decide about it like about any other change. */
import { window, workspace } from 'vscode';
import type { QuickPickItem } from 'vscode';
import type { Clock } from '../../../app/ports.ts';
import { toFailure } from '../../../core/errors.ts';
import { describeTarget, type ConnectionId, type ConnectionProfile } from '../../../core/profile/connection.ts';
import type { UndoEntry } from '../../../core/undo/kept.ts';
import type { FileUndoStore, StoredUndo } from '../../../adapters/undo/undoStore.ts';
import type { ConnectionCatalogue } from '../../catalogue.ts';
import { plainText } from '../../plainText.ts';
import type { Bindings } from '../binding/bindings.ts';
import { freezeAll } from '../run/freeze.ts';
import type { RunControl } from '../run/runControl.ts';
import { ago, day, describeEffects, describeSize, titleOf, undoScript } from './undoText.ts';
import type { KnownUndos } from './knownUndos.ts';

export type UndoCommandPorts = {
  readonly catalogue: ConnectionCatalogue;
  readonly bindings: Bindings;
  readonly control: RunControl;
  readonly store: FileUndoStore;
  readonly known: KnownUndos;
  readonly clock: Clock;
};

/**
 * Never rejects.
 *
 * @param run - the change to take back, where it is known already; else the person chooses
 */
export async function undoChange(ports: UndoCommandPorts, run?: string): Promise<void> {
  const stored = run === undefined ? await pickStored(ports) : await findStored(ports, run);
  if (!stored) return;
  const profile = profileFor(ports.catalogue, stored);
  if (!profile) return;
  try {
    await openAndPreview(ports, profile, await ports.store.load(stored.run));
  } catch (thrown) {
    void window.showErrorMessage(plainText(`Nothing was run: what is kept for this change cannot be opened (${toFailure(thrown).message}).`));
  }
}

async function findStored({ store }: UndoCommandPorts, run: string): Promise<StoredUndo | undefined> {
  const { entries, problem } = await store.list();
  const found = entries.find((entry) => entry.run === run);
  if (!found) void window.showInformationMessage(plainText(`Nothing is kept to take this change back: it had no way back, was taken back already, or its time is over.${problem === undefined ? '' : ` (${problem})`}`));
  return found;
}

async function pickStored({ store, bindings, catalogue, clock }: UndoCommandPorts): Promise<StoredUndo | undefined> {
  const uri = window.activeTextEditor?.document.uri;
  const binding = uri && bindings.of(uri);
  const only = binding?.kind === 'bound' ? binding.profile : undefined;
  const { entries, unreadable, problem } = await store.list();
  const here = only ? entries.filter(({ connection, address }) => connection === only.id && address === describeTarget(only)) : entries;
  if (here.length === 0) {
    const closed = unreadable > 0 || problem !== undefined ? ` ${unreadable > 0 ? `${String(unreadable)} that are kept` : 'What is kept'} cannot be opened: ${plainText(problem ?? '')}.` : '';
    void window.showInformationMessage(plainText(`There is no committed change to take back${only ? ` on ${only.name}` : ''}.${closed}`));
    return undefined;
  }
  const items = here.map((stored) => itemOf(stored, catalogue.byId(stored.connection as ConnectionId)?.name ?? stored.address, clock.now()));
  const title = only ? `Undo a committed change on ${only.name}` : 'Undo a committed change';
  const picked = await window.showQuickPick(items, { title, placeHolder: 'You see what taking it back does before anything is final', matchOnDescription: true, matchOnDetail: true });
  return picked?.stored;
}

function itemOf(stored: StoredUndo, connection: string, now: number): QuickPickItem & { readonly stored: StoredUndo } {
  const doubt = stored.isConfirmed ? [] : ['$(warning) it is not known whether this was committed'];
  return {
    stored,
    label: titleOf(stored.sql),
    description: `${ago(stored.time, now)} \u00b7 ${connection}`,
    detail: [describeSize(stored.size), describeEffects(stored.effects), `kept until ${day(stored.expiresAt)}`, ...doubt].filter((part) => part !== '').join(' \u00b7 '),
  };
}

/** The way back leads to where the change was made, or nowhere. */
function profileFor(catalogue: ConnectionCatalogue, { connection, address }: StoredUndo): ConnectionProfile | undefined {
  const profile = catalogue.byId(connection as ConnectionId);
  if (profile && describeTarget(profile) === address) return profile;
  const now = profile ? `${profile.name} leads to ${describeTarget(profile)} now` : 'its connection is not in the settings any more';
  void window.showWarningMessage(plainText(`Nothing was run: the change was made on ${address}, and ${now}.`));
  return undefined;
}

async function openAndPreview({ bindings, control, known }: UndoCommandPorts, profile: ConnectionProfile, entry: UndoEntry): Promise<void> {
  const text = undoScript(entry);
  const document = await workspace.openTextDocument({ language: 'sql', content: text });
  bindings.bind(document.uri, profile);
  await window.showTextDocument(document);
  known.addUndo(entry, text);
  await control.start({ document, version: document.version, profile, frozen: freezeAll(document.getText()), mode: 'preview', facts: known.of(document.getText()) });
}
