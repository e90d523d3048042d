/** Where records are sent, as the person wrote it down in the settings. Never holds a secret. */
import { isLocalHost } from '../profile/fields.ts';
import { isObject } from '../profile/reader.ts';

export const endpointKinds = ['countersign', 'otlp', 'webhook', 'alerts', 'slack', 'syslog', 'syslog+tls'] as const;
export type EndpointKind = (typeof endpointKinds)[number];

/** Those that are told what deserves attention, and keep no records. */
export const alertKinds: readonly EndpointKind[] = ['alerts', 'slack'];

export type EndpointProfile = {
  /** One of its kind among the endpoints. */
  readonly name: string;
  readonly kind: EndpointKind;
  /** Absent for Slack, whose address is a secret. */
  readonly url?: string;
  /** Absolute path of a PEM file with the accepted authorities; the system's when absent. */
  readonly caFile?: string;
};

export type ParsedEndpoints = {
  readonly endpoints: readonly EndpointProfile[];
  /** In words, with the place. A wrong entry is left out, and whoever demands receipts must not take it for delivered. */
  readonly problems: readonly string[];
};

/** The value of `countersign.audit.endpoints`. Pure; anything may come in. */
export function parseEndpoints(value: unknown): ParsedEndpoints {
  if (value === undefined || value === null) return { endpoints: [], problems: [] };
  if (!Array.isArray(value)) return { endpoints: [], problems: ['Endpoints are written as a list: [ { "name": …, "kind": …, "url": … } ].'] };
  const entries = value.map((entry: unknown, index) => parseEndpoint(entry, index));
  const endpoints = entries.flatMap((entry) => (typeof entry === 'string' ? [] : [entry]));
  const repeated = endpoints.filter(({ name }, index) => endpoints.findIndex((other) => other.name === name) < index);
  return {
    endpoints: endpoints.filter((endpoint) => !repeated.includes(endpoint)),
    problems: [...entries.filter((entry) => typeof entry === 'string'), ...repeated.map(({ name }) => `More than one endpoint is called “${name}”; only the first is used.`)],
  };
}

function parseEndpoint(value: unknown, index: number): EndpointProfile | string {
  const place = `Endpoint ${String(index + 1)}`;
  if (!isObject(value)) return `${place} is not an object with name, kind and url.`;
  const { name, kind: word, url, caFile } = value;
  if (typeof name !== 'string' || name.trim() === '' || name.length > 60) return `${place} needs a name of at most 60 characters.`;
  const kind = endpointKinds.find((candidate) => candidate === word);
  if (kind === undefined) return `${place} (“${name}”) needs a kind: ${endpointKinds.join(', ')}.`;
  if (caFile !== undefined && typeof caFile !== 'string') return `${place} (“${name}”): caFile is the path of a PEM file.`;
  const problem = kind === 'slack' ? slackProblem(url) : urlProblem(url, kind);
  if (problem !== undefined) return `${place} (“${name}”): ${problem}`;
  return { name, kind, ...(typeof url === 'string' ? { url } : {}), ...(typeof caFile === 'string' ? { caFile } : {}) };
}

function slackProblem(url: unknown): string | undefined {
  return url === undefined ? undefined : 'the address of a Slack webhook is a secret: take it out here and store it with “Store the Secret of a Record Endpoint”.';
}

const schemes: Record<Exclude<EndpointKind, 'slack'>, readonly string[]> = { countersign: ['http:', 'https:'], otlp: ['http:', 'https:'], webhook: ['http:', 'https:'], alerts: ['http:', 'https:'], syslog: ['tcp:'], 'syslog+tls': ['tcp:'] };

function urlProblem(value: unknown, kind: Exclude<EndpointKind, 'slack'>): string | undefined {
  const url = typeof value === 'string' ? parseUrl(value) : undefined;
  if (!url || !schemes[kind].includes(url.protocol)) return `url begins with ${schemes[kind].map((scheme) => `${scheme}//`).join(' or ')}.`;
  if (url.username !== '' || url.password !== '') return 'url must not hold a user or password; store the secret apart.';
  if (url.protocol === 'tcp:' && url.port === '') return 'url needs a port.';
  if (url.protocol === 'http:' && !isLocalHost(url.hostname)) return 'records would travel unencrypted: use https://.';
  return undefined;
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
