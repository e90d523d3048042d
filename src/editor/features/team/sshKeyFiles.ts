/** Public SSH keys of this machine; the private parts lie beside them, in an agent, or in hardware. */
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Choice } from '../connections/ask.ts';

/** One row for each, with the path of its file. */
export async function sshKeyChoices(): Promise<readonly Choice<string>[]> {
  const folder = path.join(homedir(), '.ssh');
  // No such folder, or not ours to read: then there are none.
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.pub')).toSorted().map((name) => ({ label: `$(key) ${name}`, description: folder, value: path.join(folder, name) }));
}
