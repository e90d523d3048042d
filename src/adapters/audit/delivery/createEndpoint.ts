/** From what the settings say to an endpoint that records can be sent to. */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Clock } from '../../../app/ports.ts';
import type { ChainedEvent } from '../../../core/audit/chain.ts';
import type { AlertRules } from '../../../core/audit/alerts.ts';
import type { EndpointProfile } from '../../../core/audit/endpoints.ts';
import { unreachable } from '../../../core/unreachable.ts';
import { readStream } from '../spool/streams.ts';
import { createAlertWebhook } from './alertWebhook.ts';
import { createCountersignLog, type LogMember } from './countersign.ts';
import type { Endpoint, SendResult } from './endpoint.ts';
import { createOtlp } from './otlp.ts';
import { createSlack } from './slack.ts';
import { createSyslog } from './syslog.ts';
import { createWebhook } from './webhook.ts';

export type EndpointSurroundings = {
  readonly clock: Clock;
  /** Of the program. */
  readonly version: string;
  /** The secret stored for an endpoint: a webhook's key, an `Authorization` header, Slack's address. */
  readonly secret: (name: string) => Promise<string | undefined>;
  /** What to do about a secret that is not there, in words. Absent: what the editor offers. */
  readonly whereSecret?: (name: string) => string;
  /** What deserves an alert. */
  readonly rules: AlertRules;
  /** What a log of records needs besides; without it such an endpoint cannot be used. */
  readonly log?: LogSurroundings;
};

export type LogSurroundings = {
  /** The spool's, beside which receipts are kept. */
  readonly folder: string;
  /** Who works here, as the team knows them; asked for each batch. `secret`: the one stored for the endpoint, where a program has no keys of its own. */
  readonly member: (secret: string | undefined) => Promise<LogMember | undefined>;
  readonly onAlarm?: (message: string, endpoint: string) => void;
};

/** Never rejects: an endpoint that cannot be used is one that refuses everything, with the reason. */
export async function createEndpoint(profile: EndpointProfile, surroundings: EndpointSurroundings): Promise<Endpoint> {
  try {
    const secret = await surroundings.secret(profile.name);
    const ca = profile.caFile === undefined ? undefined : await readFile(profile.caFile, 'utf8');
    return build(profile, surroundings, { secret, ...(ca === undefined ? {} : { ca }) });
  } catch (error) {
    return unusable(profile.name, error instanceof Error ? error.message : String(error));
  }
}

const inEditor = (): string => 'store it with “Store the Secret of a Record Endpoint”';

type Material = { readonly secret: string | undefined; readonly ca?: string };

function build({ name, kind, url = '' }: EndpointProfile, { clock, version, rules, log, whereSecret = inEditor }: EndpointSurroundings, { secret, ...trust }: Material): Endpoint {
  switch (kind) {
    case 'countersign':
      if (log === undefined) return unusable(name, 'this program does not know who works here, and the log takes records of members only');
      return createCountersignLog({ name, url: new URL(url), now: () => clock.now(), ...log, member: async () => await log.member(secret), earlier: async (stream, from, to) => await eventsBetween(log.folder, { stream, from, to }), ...trust });
    case 'otlp':
      return createOtlp({ name, url: new URL(url), version, ...trust, ...(secret === undefined ? {} : { headers: { authorization: secret } }) });
    case 'webhook':
    case 'alerts':
      if (secret === undefined) return unusable(name, `the key to sign with is not known; ${whereSecret(name)}`);
      return kind === 'alerts' ? createAlertWebhook({ name, url: new URL(url), secret, clock, rules, ...trust }) : createWebhook({ name, url: new URL(url), secret, clock, ...trust });
    case 'slack':
      if (secret === undefined || !URL.canParse(secret)) return unusable(name, `its address is not known; ${whereSecret(name)}`);
      return createSlack({ name, url: new URL(secret), clock, rules, ...trust });
    case 'syslog':
    case 'syslog+tls': {
      const { hostname: host, port } = new URL(url);
      return createSyslog({ name, host, port: Number(port), secure: kind === 'syslog+tls', hostname: hostname(), ...trust });
    }
    default:
      return unreachable(kind);
  }
}

async function eventsBetween(folder: string, { stream, from, to }: { readonly stream: string; readonly from: number; readonly to: number }): Promise<readonly ChainedEvent[]> {
  return (await readStream(folder, stream)).events.filter(({ seq }) => seq >= from && seq < to);
}

function unusable(name: string, why: string): Endpoint {
  const refused: SendResult = { kind: 'refused', why };
  return { name, send: () => Promise.resolve(refused), close: () => undefined };
}
