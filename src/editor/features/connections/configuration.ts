/** What the settings say about connections and access. */
import { homedir } from 'node:os';
import path from 'node:path';
import { workspace } from 'vscode';
import { confirmationWishes } from '../../../core/policy/confirmation.ts';
import type { ConfirmationWish } from '../../../core/policy/confirmation.ts';
import { accessLevels, environments } from '../../../core/profile/connection.ts';
import type { Access, Environment } from '../../../core/profile/connection.ts';
import { parsePersonalConnections } from '../../../core/profile/parseConnections.ts';
import type { ParsedConnections } from '../../../core/profile/parseConnections.ts';
import { isInside } from '../../../core/profile/relativePath.ts';

export const section = 'countersign';

export function personalConnections(): ParsedConnections {
  return parsePersonalConnections(configuration().get<unknown>('connections'), resolvePersonalFile);
}

function resolvePersonalFile(text: string): string | undefined {
  const file = text.startsWith('~/') ? path.join(homedir(), text.slice(2)) : text;
  return path.isAbsolute(file) ? file : undefined;
}

/** Where the team file is, below each folder. `undefined` when the setting leads out of the folder. */
export function teamFilePath(): string | undefined {
  const value = configuration().get<unknown>('teamFile');
  const text = typeof value === 'string' && value.trim() !== '' ? value.trim() : '.countersign/team.jsonc';
  return isInside(text) ? text.replaceAll('\\', '/') : undefined;
}

/** The person's own demand for production, where it was set; a value nobody knows is taken as the strictest. */
export function productionDemand(): Access | undefined {
  const value = configuration().inspect<unknown>('production.access')?.globalValue;
  if (value === undefined) return undefined;
  return accessLevels.find((level) => level === value) ?? 'blocked';
}

export function productionPatterns(): readonly unknown[] {
  const value = configuration().get<unknown>('production.match');
  return Array.isArray(value) ? value : [];
}

const defaultMinutes = 30;
const mostMinutes = 480;

export function elevationMaxMinutes(): number {
  const value = configuration().get<unknown>('elevation.maxMinutes');
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 ? Math.min(value, mostMinutes) : defaultMinutes;
}

/** Off only where the person turned it off. */
export function typedConfirmation(): boolean {
  return configuration().get<unknown>('production.typedConfirmation') !== false;
}

/** What the person wants a second person for, where they said so; a value nobody knows is taken as the strictest. */
export function confirmationWish(): ConfirmationWish | undefined {
  const value = configuration().inspect<unknown>('production.confirmation')?.globalValue;
  if (value === undefined) return undefined;
  return confirmationWishes.find((wish) => wish === value) ?? 'allWrites';
}

/** Columns that the person hides from reviewers; what is no pattern hides everything, because it was meant to hide. */
export function hiddenFromReviewers(): readonly string[] {
  const value = configuration().inspect<unknown>('production.hideFromReviewers')?.globalValue;
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map(String) : ['*'];
}

/** Where the person's own screen masks what names and `hideFromReviewers` speak against, whatever a team says; a value nobody knows is the strictest. */
export function maskedScreens(): readonly Environment[] {
  const value = configuration().inspect<unknown>('production.maskOnScreen')?.globalValue;
  if (value === undefined || value === 'asTheTeamSays') return [];
  return value === 'production' ? ['production'] : environments;
}

/** The person's own confirmation server; empty when they named none. */
export function chosenServer(): string {
  const value = configuration().inspect<unknown>('server.url')?.globalValue;
  return typeof value === 'string' ? value.trim() : '';
}

export function usesKeychain(): boolean {
  return configuration().get<unknown>('credentials.store') === 'keychain';
}

function configuration(): ReturnType<typeof workspace.getConfiguration> {
  return workspace.getConfiguration(section);
}
