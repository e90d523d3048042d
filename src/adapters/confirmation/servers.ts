/** Which confirmation servers there are, in the order in which they are tried. */
import type { Crypto } from '../../core/approval/crypto.ts';
import type { Team } from '../../core/approval/team.ts';
import type { SignedTeam } from '../../core/approval/teamChain.ts';
import type { Answer } from './httpCall.ts';
import { connectRelay } from './httpRelay.ts';
import type { ConfirmationRelay } from './httpRelay.ts';
import type { OwnKey } from './memberKeys.ts';
import type { OwnServer } from './ownServer.ts';

export type ServersOptions = {
  readonly crypto: Crypto;
  /** `countersign.server.url`; empty when it is not set. */
  readonly chosen: () => string;
  readonly own: OwnServer;
  readonly now: () => number;
};

export type Candidates = { readonly urls: readonly string[]; /** Why there is none, or fewer than there could be. */ readonly problem?: string };

export interface ConfirmationServers {
  /** Those that others reach too: of the setting and of the team file. */
  named(team: Team): readonly string[];
  /** Addresses without a slash at the end. This editor's own server stands there only where no other is named: nobody else reaches it. */
  candidates(team: Team): Promise<Candidates>;
  /** The calls to a server; starts this editor's own one when it is that. */
  relay(server: string): Promise<ConfirmationRelay>;
  /** Tells the servers that are named about versions; the one of this editor hears of them with the next request. Never rejects. */
  publish(team: Team, chain: readonly SignedTeam[]): Promise<readonly string[]>;
  /** Versions after one that is known; any may be forged. Never rejects. */
  after(team: Team, key: OwnKey | undefined): Promise<readonly SignedTeam[]>;
}

export function createServers({ crypto, chosen, own, now }: ServersOptions): ConfirmationServers {
  const named = (team: Team): readonly string[] => [...new Set([chosen(), ...(team.body.servers ?? [])].flatMap((text) => serverRoot(text) ?? []))];
  const relay = async (server: string): Promise<ConfirmationRelay> => connectRelay(crypto, await own.addressOf(server));
  return {
    named,
    async candidates(team) {
      const urls = named(team);
      const wrong = chosen() !== '' && serverRoot(chosen()) === undefined ? 'The setting “Countersign: Server Url” is not an address that begins with https:// or http://, so it is not used.' : undefined;
      if (urls.length > 0) return { urls, ...(wrong === undefined ? {} : { problem: wrong }) };
      const state = await own.ensure();
      return state.kind === 'running' ? { urls: [state.url], ...(wrong === undefined ? {} : { problem: wrong }) } : { urls: [], problem: [wrong, state.message].filter((text) => text !== undefined).join(' ') };
    },
    relay,
    async publish(team, chain) {
      const problems: string[] = [];
      for (const url of named(team)) {
        const answer = await connectRelay(crypto, url).putTeam(chain);
        if (answer.kind !== 'ok') problems.push(`${url}: ${answer.message}`);
      }
      return problems;
    },
    async after(team, key) {
      if (key === undefined) return [];
      for (const url of named(team)) {
        const files = await versionsAt(connectRelay(crypto, url), team, key, now());
        if (files.kind === 'ok') return files.value;
      }
      return [];
    },
  };
}

async function versionsAt(relay: ConfirmationRelay, { body }: Team, { signer }: OwnKey, now: number): Promise<Answer<readonly SignedTeam[]>> {
  const session = await relay.logIn(body.team, signer, now);
  return session.kind === 'ok' ? await relay.teamAfter(session.value, body.team, body.version) : session;
}

/** The address as it stands in links; `undefined` for anything that is none. */
export function serverRoot(text: string): string | undefined {
  const trimmed = text.trim().replace(/\/+$/u, '');
  if (!/^https?:\/\//u.test(trimmed) || !URL.canParse(trimmed)) return undefined;
  const { username, password, search, hash } = new URL(trimmed);
  return username === '' && password === '' && search === '' && hash === '' ? trimmed : undefined;
}
