/** Where records went until now, and what is different: remembered, so that a change made while no window was open is recorded too. */
import type { Memento } from 'vscode';
import { parseEndpoints, type EndpointProfile } from '../../../core/audit/endpoints.ts';
import type { RecordsPolicy } from './auditSettings.ts';

const key = 'countersign.records.inForce';

export function readLastPolicy(memory: Memento): RecordsPolicy {
  const kept = memory.get<{ readonly endpoints?: unknown; readonly required?: unknown }>(key);
  return { ...parseEndpoints(kept?.endpoints), required: kept?.required === true };
}

/** Nobody waits for it: lost, the change is recorded once more. */
export function rememberPolicy(memory: Memento, { endpoints, required }: RecordsPolicy): void {
  void memory.update(key, { endpoints, required });
}

/** One line for each difference; empty when there is none. Addresses hold no secrets: the settings refuse those that do. */
export function describePolicyChange(former: RecordsPolicy, next: RecordsPolicy): readonly string[] {
  const removed = former.endpoints.filter(({ name }) => !next.endpoints.some((other) => other.name === name));
  const changed = next.endpoints.flatMap((endpoint) => {
    const before = former.endpoints.find(({ name }) => name === endpoint.name);
    if (!before) return [`endpoint added: ${describe(endpoint)}`];
    return describe(before) === describe(endpoint) ? [] : [`endpoint changed: ${describe(before)} → ${describe(endpoint)}`];
  });
  return [
    ...removed.map((endpoint) => `endpoint removed: ${describe(endpoint)}`),
    ...changed,
    ...(former.required === next.required ? [] : [next.required ? 'no write without a receipt: on' : 'no write without a receipt: off']),
  ];
}

function describe({ name, kind, url, caFile }: EndpointProfile): string {
  return [name, kind, url, caFile].filter((part) => part !== undefined).join(' ');
}
