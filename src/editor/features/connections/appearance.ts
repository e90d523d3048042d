/** How a connection looks and reads wherever it is listed. Text always says what the colour says. */
import { ThemeColor, ThemeIcon } from 'vscode';
import type { ConnectionProfile, Environment } from '../../../core/profile/connection.ts';

export const environmentLabel: Readonly<Record<Environment, string>> = {
  development: 'Development',
  staging: 'Staging',
  production: 'Production',
};

export const environmentIcon: Readonly<Record<Environment, string>> = {
  development: 'beaker',
  staging: 'server-environment',
  production: 'flame',
};

export function environmentColour(environment: Environment): ThemeColor {
  return new ThemeColor(`countersign.${environment}`);
}

export function connectionIcon(environment: Environment): ThemeIcon {
  return new ThemeIcon('database', environmentColour(environment));
}

export function sourceLabel({ source }: Pick<ConnectionProfile, 'source'>): string {
  return source === 'team' ? 'team file' : 'personal';
}
