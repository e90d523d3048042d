/** Who works at this machine, as records name them. */
import { hostname, userInfo } from 'node:os';
import type { Actor } from '../core/audit/record.ts';

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
