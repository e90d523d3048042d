/** This machine, as a run in a terminal needs it. */
import { homedir, platform } from 'node:os';
import path from 'node:path';

/** Where the journal of the command line is kept. */
export function stateFolder(): string {
  const home = homedir();
  const roots: Partial<Record<NodeJS.Platform, string>> = { darwin: path.join(home, 'Library/Application Support'), win32: process.env['LOCALAPPDATA'] ?? path.join(home, 'AppData/Local') };
  return path.join(roots[platform()] ?? process.env['XDG_STATE_HOME'] ?? path.join(home, '.local/state'), 'countersign');
}
