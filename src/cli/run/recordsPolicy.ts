/** Where a run in a terminal sends its records: the person's own settings, the environment and the command line, all of them together. */
import type { OwnRecords } from '../../adapters/ownSettings.ts';
import { parseEndpoints, type EndpointProfile } from '../../core/audit/endpoints.ts';
import { UsageError } from '../usage.ts';

export type RecordsPolicy = {
  readonly endpoints: readonly EndpointProfile[];
  readonly required: boolean;
  readonly sql: 'full' | 'hash';
};

export type RecordsWish = {
  /** `kind=url` or `name=kind:url`, as on the command line. */
  readonly endpoints: readonly string[];
  readonly required: boolean;
};

const endpointsVariable = 'COUNTERSIGN_AUDIT_ENDPOINTS';
const requiredVariable = 'COUNTERSIGN_AUDIT_REQUIRED';
const secretVariable = 'COUNTERSIGN_AUDIT_SECRET_';

/**
 * What asks for more counts: nothing on the command line takes away an endpoint of the settings or makes a required receipt optional.
 * Pure.
 *
 * @throws UsageError when something is not understood: nobody would know where records go
 */
export function readRecordsPolicy(wish: RecordsWish, env: Readonly<Record<string, string | undefined>>, own: OwnRecords | undefined): RecordsPolicy {
  const settings = understood(parseEndpoints(own?.endpoints), 'countersign.audit.endpoints');
  const variable = understood(parseEndpoints(readVariable(env[endpointsVariable])), endpointsVariable);
  const given = understood(parseEndpoints(wish.endpoints.map(readWord)), '--audit-endpoint');
  const all = [...given, ...variable, ...settings];
  const endpoints = all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index);
  return { endpoints, required: wish.required || isOn(env[requiredVariable]) || own?.required === true, sql: own?.sql ?? 'full' };
}

/** The name of the variable that holds the secret of an endpoint: `COUNTERSIGN_AUDIT_SECRET_MY_LOKI` for `my loki`. */
export function secretVariableOf(name: string): string {
  return secretVariable + name.toUpperCase().replaceAll(/[^A-Z0-9]+/gu, '_');
}

function understood({ endpoints, problems }: ReturnType<typeof parseEndpoints>, place: string): readonly EndpointProfile[] {
  if (problems.length > 0) throw new UsageError(`${place}: ${problems.join(' ')}`);
  return endpoints;
}

/** The same list as in the setting, or words as on the command line. */
function readVariable(text: string | undefined): unknown {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return [];
  if (!trimmed.startsWith('[')) return trimmed.split(/\s+/u).map(readWord);
  try {
    return JSON.parse(trimmed) as unknown;
  } catch {
    throw new UsageError(`${endpointsVariable} begins like a JSON list and is none.`);
  }
}

function readWord(word: string): unknown {
  const [, name, kind, url] = /^(?:([^=:]+)=)?(otlp|webhook|alerts|slack|syslog\+tls|syslog|countersign)[=:](.*)$/u.exec(word) ?? [];
  if (kind === undefined) throw new UsageError(`“${word}” is no endpoint. It looks like otlp=https://collector:4318/v1/logs, or name=webhook:https://example.com/records.`);
  return { name: name ?? kind, kind, ...(url === undefined || url === '' ? {} : { url }) };
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false', 'no'].includes(value.toLowerCase());
}
