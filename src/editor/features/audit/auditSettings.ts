/** What the person's own settings say about records. A repository must not say where they go, or how many. */
import { workspace } from 'vscode';
import type { SpoolBounds } from '../../../adapters/audit/spool/upkeep.ts';
import { parseAccessHours } from '../../../core/audit/accessHours.ts';
import { defaultAlertRules, type AlertRules } from '../../../core/audit/alerts.ts';
import { alertKinds, parseEndpoints, type EndpointProfile } from '../../../core/audit/endpoints.ts';

/** Where records go, and whether writes wait for that. */
export type RecordsPolicy = {
  readonly endpoints: readonly EndpointProfile[];
  readonly required: boolean;
  /** What of the list cannot be understood, in words. */
  readonly problems: readonly string[];
};

export function recordsPolicy(): RecordsPolicy {
  return { ...parseEndpoints(own('audit.endpoints')), required: own('audit.required') === true };
}

/** Of a list that is partly wrong nobody knows what was meant; and who is only told of alerts keeps nothing. */
export function canGiveReceipts({ endpoints, problems }: RecordsPolicy): boolean {
  return problems.length === 0 && endpoints.some(({ kind }) => !alertKinds.includes(kind));
}

export function recordedSql(): 'full' | 'hash' {
  return own('audit.includeSql') === 'hash' ? 'hash' : 'full';
}

export function alertRules(): { readonly rules: AlertRules; readonly problems: readonly string[] } {
  const { hours, problems } = parseAccessHours(own('audit.accessHours'), own('audit.timeZone'));
  return {
    rules: {
      deletedRows: count('audit.alertAboveDeletedRows', defaultAlertRules.deletedRows),
      exportedRows: count('export.alertAboveRows', defaultAlertRules.exportedRows),
      refusedInARow: count('audit.alertAfterRefusals', defaultAlertRules.refusedInARow),
      hours,
    },
    problems,
  };
}

const minute = 60_000;
const day = 24 * 60 * minute;
const megabyte = 1024 * 1024;

export function silentMs(): number {
  return count('audit.alertAfterSilentMinutes', 10) * minute;
}

export function spoolBounds(): SpoolBounds {
  return { keepMs: count('audit.keepDays', 90) * day, maxBytes: count('audit.spoolMegabytes', 512) * megabyte };
}

/** Settings whose change means other endpoints, or another way to talk to them. */
export const deliverySettings: readonly string[] = ['audit.endpoints', 'audit.required', 'audit.alertAboveDeletedRows', 'audit.alertAfterRefusals', 'audit.alertAfterSilentMinutes', 'audit.accessHours', 'audit.timeZone', 'export.alertAboveRows'];

function count(name: string, otherwise: number): number {
  const value = own(name);
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : otherwise;
}

function own(name: string): unknown {
  return workspace.getConfiguration('countersign').inspect<unknown>(name)?.globalValue;
}
