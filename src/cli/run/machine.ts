/** This machine, as a run in a terminal needs it. */
import { homedir, hostname, platform, userInfo } from 'node:os';
import path from 'node:path';
import type { Clock } from '../../app/ports.ts';
import { epochMs } from '../../core/brand.ts';
import type { Actor } from '../../core/audit/record.ts';

export function createClock(): Clock {
  return {
    now: () => epochMs(Date.now()),
    after(milliseconds, callback) {
      const timer = setTimeout(callback, milliseconds);
      return () => clearTimeout(timer);
    },
  };
}

export function currentActor(): Actor {
  return { kind: 'human', osUser: osUser(), host: hostname() };
}

export function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers may run under a number that has no name.
    return process.env['USER'] ?? 'unknown';
  }
}

/** Where the journal of the command line is kept. */
export function stateFolder(): string {
  const home = homedir();
  const roots: Partial<Record<NodeJS.Platform, string>> = { darwin: path.join(home, 'Library/Application Support'), win32: process.env['LOCALAPPDATA'] ?? path.join(home, 'AppData/Local') };
  return path.join(roots[platform()] ?? process.env['XDG_STATE_HOME'] ?? path.join(home, '.local/state'), 'countersign');
}
