/** Puts something sealed where others find it: on the first server that takes it, with the secret of its link sealed to those who are asked. */
import type { ClaimDesk, Filing, TeamInForce } from '../../app/approvalPorts.ts';
import { b64u, parseB64u } from '../../core/approval/bytes.ts';
import type { Bytes } from '../../core/approval/bytes.ts';
import type { Crypto } from '../../core/approval/crypto.ts';
import { bodyBytes } from '../../core/approval/envelope.ts';
import type { Envelope, Signer } from '../../core/approval/envelope.ts';
import { linkKeys, readHash, sealBox, sealToMember } from '../../core/approval/seal.ts';
import { toFailure } from '../../core/errors.ts';
import { memberOf } from '../../core/approval/team.ts';
import type { Team } from '../../core/approval/team.ts';
import { signFiling } from '../../protocol/confirmation.ts';
import type { InboxItem, PostRequest } from '../../protocol/confirmation.ts';
import type { ConfirmationRelay } from './httpRelay.ts';
import type { ConfirmationServers } from './servers.ts';
import type { TeamPins } from './teamPins.ts';

export type FilingOptions = {
  readonly crypto: Crypto;
  readonly team: TeamInForce;
  readonly servers: ConfirmationServers;
  readonly pins: Pick<TeamPins, 'chain'>;
  readonly now: () => number;
};

export type Sealed = { readonly id: string; readonly envelope: Envelope; readonly secret: Bytes; readonly expires: number; readonly whom: readonly string[] };
export type Filed = { readonly server?: string; readonly problem?: string };

export function createFiling(options: FilingOptions): Filing {
  const { team, servers } = options;
  return {
    async file(request) {
      const [state, self] = [await team.state(), await team.self()];
      if (state?.kind !== 'accepted' || self === undefined) return { problem: 'Only a member of a team that is in force can put a request on a server.' };
      try {
        return await fileFirst(options, state.team, await messageOf(options, request, state.team, self.signer));
      } catch (thrown) {
        // A key that cannot sign any more, or accepted versions that cannot be read: then it travels as text.
        return { problem: toFailure(thrown).message };
      }
    },
    desk: (server) => deskAt(servers, server),
  };
}

async function messageOf({ crypto, now }: FilingOptions, { id, envelope, secret, expires, whom }: Sealed, team: Team, signer: Signer): Promise<PostRequest> {
  const { key, readToken } = await linkKeys(crypto, id, secret);
  const box = await sealBox(crypto, key, { kind: 'request', id }, bodyBytes(envelope));
  const inbox = await inboxOf(crypto, team, { id, secret, whom });
  return await signFiling(crypto, { id, team: team.digest, expires, readHash: await readHash(crypto, readToken), box, inbox }, signer, now());
}

/** Members who have no key to seal to get the link by another way. */
async function inboxOf(crypto: Crypto, team: Team, { id, secret, whom }: Pick<Sealed, 'id' | 'secret' | 'whom'>): Promise<readonly InboxItem[]> {
  const items: InboxItem[] = [];
  for (const member of new Set(whom)) {
    const enc = parseB64u(memberOf(team, member)?.enc ?? '');
    const sealed = enc && enc.length > 0 ? await sealToMember(crypto, enc, id, secret) : undefined;
    if (sealed !== undefined) items.push({ member, sealed: b64u(sealed) });
  }
  return items;
}

async function fileFirst({ servers, pins }: FilingOptions, team: Team, message: PostRequest): Promise<Filed> {
  const { urls, problem } = await servers.candidates(team);
  const problems = problem === undefined ? [] : [problem];
  for (const server of urls) {
    const answer = await fileAt(await servers.relay(server), async () => await pins.chain(team.body.team), message);
    if (answer.kind === 'ok') return { server, ...(problems.length === 0 ? {} : { problem: problems.join(' ') }) };
    problems.push(`${server}: ${answer.message}`);
  }
  return { problem: problems.join(' ') };
}

/** A server that does not know the team file gets it, and is asked once more. */
async function fileAt(relay: ConfirmationRelay, chain: () => ReturnType<TeamPins['chain']>, message: PostRequest): ReturnType<ConfirmationRelay['file']> {
  const first = await relay.file(message);
  if (first.kind !== 'refused' || first.code !== 'team-unknown') return first;
  const introduced = await relay.putTeam(await chain());
  return introduced.kind === 'ok' ? await relay.file(message) : introduced;
}

function deskAt(servers: ConfirmationServers, server: string): ClaimDesk {
  return {
    claim: async (id, act) => await (await servers.relay(server)).claim(id, act),
    close: async (id, act) => await (await servers.relay(server)).close(id, act),
  };
}
