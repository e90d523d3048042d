/** The key that ways back are sealed with. */
import { findMachineKey, findOrMakeMachineKey } from '../credentials/machineKey.ts';
import type { MachineKey } from '../credentials/machineKey.ts';
import type { SecretStore } from '../credentials/secretStore.ts';

const name = 'undo-key';

export async function findUndoKey(store: SecretStore): Promise<MachineKey> {
  return await findMachineKey(store, name);
}

export async function findOrMakeUndoKey(store: SecretStore): Promise<MachineKey> {
  return await findOrMakeMachineKey(store, name);
}
