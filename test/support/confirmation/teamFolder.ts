/** A folder with a team file in it, and a machine that opens it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createConfirmation } from '../../../src/adapters/confirmation/confirmation.ts';
import type { Confirmation, ConfirmationOptions } from '../../../src/adapters/confirmation/confirmation.ts';
import type { TeamPlace } from '../../../src/adapters/confirmation/teamFolder.ts';
import type { SignedTeam } from '../../../src/core/approval/teamChain.ts';
import { serveEmbedded } from '../../../src/server/embedded.ts';
import { page } from './relay.ts';
import { createVault } from './vault.ts';

export function placeIn(folder: string, isTrusted = true): TeamPlace {
  return { folder, file: path.join(folder, '.countersign', 'team.jsonc'), isTrusted };
}

export function putTeam(folder: string, { file, signatures }: SignedTeam): void {
  mkdirSync(path.join(folder, '.countersign'), { recursive: true });
  writeFileSync(placeIn(folder).file, file);
  writeFileSync(path.join(folder, '.countersign', 'team.sig.json'), JSON.stringify(signatures));
}

export function removeTeam(folder: string, what: 'team.jsonc' | 'team.sig.json'): void {
  rmSync(path.join(folder, '.countersign', what), { force: true });
}

export type Machine = Confirmation & { readonly troubles: string[]; readonly firstUses: string[] };

/** @param state - folder of the machine; a second machine on the same folder is another window */
export function openMachine(state: string, folders: readonly string[], change: Partial<ConfirmationOptions> = {}): Machine {
  const troubles: string[] = [];
  const firstUses: string[] = [];
  const vault = createVault();
  const confirmation = createConfirmation({
    folder: state,
    secrets: () => vault,
    places: () => folders.map((folder) => placeIn(folder)),
    chosenServer: () => '',
    startServer: async (options) => await serveEmbedded({ ...options, page, write: () => undefined }),
    now: Date.now,
    onTrouble: (message) => troubles.push(message),
    onFirstUse: ({ digest }) => firstUses.push(digest),
    ...change,
  });
  return { ...confirmation, troubles, firstUses };
}
