/** Invitations this person sent, and what came back: sealed on disk, because a link's secret opens the answer. */
import type { Filing, Self } from '../../app/approvalPorts.ts';
import { blobText } from '../../core/approval/blob.ts';
import { b64u, parseB64u } from '../../core/approval/bytes.ts';
import type { Bytes } from '../../core/approval/bytes.ts';
import type { Crypto } from '../../core/approval/crypto.ts';
import { verifyEnrolment } from '../../core/approval/enrolment.ts';
import type { CheckedEnrolment, InvitationBody } from '../../core/approval/enrolment.ts';
import { bodyBytes, parseEnvelopeText, payloadTypes, signBody } from '../../core/approval/envelope.ts';
import type { Envelope } from '../../core/approval/envelope.ts';
import { isObject } from '../../core/approval/guards.ts';
import { linkKeys, linkText, newRequestId, newSecret, openBox } from '../../core/approval/seal.ts';
import { createDeflater } from '../../core/approval/streams.ts';
import type { Team } from '../../core/approval/team.ts';
import { maxLifetimeMs, signAct } from '../../protocol/confirmation.ts';
import type { RequestEvent } from '../../protocol/confirmation.ts';
import type { SecretStore } from '../credentials/secretStore.ts';
import { createSealedEntries } from './sealedEntries.ts';
import type { ConfirmationServers } from './servers.ts';
import type { SignedTeam } from '../../core/approval/teamChain.ts';

export type Invitation = {
  readonly id: string;
  readonly team: string;
  /** Whom it is for, if that was said. */
  readonly name: string | null;
  readonly secret: Bytes;
  /** Absent: it travels as text. */
  readonly server?: string;
  readonly created: number;
  readonly expires: number;
  readonly seq: number;
  /** What came back, as it came. */
  readonly answers: readonly Envelope[];
};

/** How to send it: a link, or a text where no server takes it. */
export type Sent = { readonly invitation: Invitation; readonly link?: string; readonly text?: string; readonly problem?: string };
export type Genuine = Extract<CheckedEnrolment, { kind: 'genuine' }>;

export type InvitationsOptions = {
  readonly crypto: Crypto;
  readonly folder: string;
  readonly secrets: () => SecretStore;
  readonly filing: Filing;
  readonly servers: ConfirmationServers;
  readonly now: () => number;
};

export interface Invitations {
  /** @throws when it cannot be kept */
  send(team: Team, self: Self, signed: SignedTeam, name: string | null): Promise<Sent>;
  /** Those that did not run out, latest first. */
  list(): Promise<readonly Invitation[]>;
  /** Answers that are what they say they are. */
  answersOf(invitation: Invitation): Promise<readonly Genuine[]>;
  /** Waits for answers to everything that is open, until `signal`; calls back when one came. Never rejects. */
  follow(signal: AbortSignal, onAnswer: (invitation: Invitation) => void): Promise<void>;
  /** It was answered and settled, or is taken back. */
  end(id: string, self: Self | undefined): Promise<void>;
}

/** A server takes nothing that lives longer; our clock may be a little ahead of its. */
const lifetimeMs = maxLifetimeMs - 5 * 60 * 1000;

export function createInvitations({ crypto, folder, secrets, filing, servers, now }: InvitationsOptions): Invitations {
  const kept = createSealedEntries<Invitation>({ folder, secrets, purpose: 'invitations-key', suffix: 'invitation' });
  const list = async (): Promise<readonly Invitation[]> => (await kept.list()).entries.filter(({ expires }) => expires > now()).toSorted((a, b) => b.created - a.created);
  return {
    async send(team, self, signed, name) {
      const [id, secret, created] = [newRequestId(crypto), newSecret(crypto), now()];
      const expires = created + lifetimeMs;
      const body: InvitationBody = { v: 1, id, team: team.body.team, teamDigest: team.digest, inviter: self.member.id, created, expires, name };
      const envelope = await signBody(payloadTypes.invitation, bodyBytes(body), [self.signer]);
      const { server, problem } = await filing.file({ id, envelope, secret, expires, whom: [] });
      const invitation: Invitation = { id, team: team.body.team, name, secret, created, expires, seq: 0, answers: [], ...(server === undefined ? {} : { server }) };
      await kept.create(invitation);
      const said = problem === undefined ? {} : { problem };
      if (server !== undefined) return { invitation, link: linkText({ server, id, secret }), ...said };
      return { invitation, text: await textOf(envelope, signed), ...said };
    },
    list,
    async answersOf({ answers }) {
      const checked = await Promise.all(answers.map(async (answer) => await verifyEnrolment(crypto, answer)));
      return checked.flatMap((each) => (each.kind === 'genuine' ? [each] : []));
    },
    async follow(signal, onAnswer) {
      const open = (await list()).filter(({ server }) => server !== undefined);
      await Promise.all(
        open.map(async (invitation) => {
          const { readToken } = await linkKeys(crypto, invitation.id, invitation.secret);
          const relay = await servers.relay(invitation.server ?? '');
          for await (const event of relay.follow({ id: invitation.id, readToken }, invitation.seq, { signal })) {
            const answer = await answerIn(crypto, invitation, event);
            const changed = await kept.update(invitation.id, (current) => withAnswer(current, event.seq, answer)).catch(() => undefined);
            // Ended meanwhile, by this window or another.
            if (changed === undefined) return;
            if (answer !== undefined && (await verifyEnrolment(crypto, answer)).kind === 'genuine') onAnswer(changed);
          }
        }),
      );
    },
    async end(id, self) {
      const invitation = await kept.get(id);
      await kept.remove(id);
      if (invitation?.server === undefined || self === undefined) return;
      // Best effort: it runs out by itself.
      await (await servers.relay(invitation.server)).close(id, await signAct(crypto, { id, action: 'close', time: now() }, self.signer));
    },
  };
}

async function answerIn(crypto: Crypto, { id, secret }: Invitation, { kind, box }: RequestEvent): Promise<Envelope | undefined> {
  const bytes = kind === 'enrolment' && box !== undefined ? parseB64u(box) : undefined;
  if (bytes === undefined) return undefined;
  const { key } = await linkKeys(crypto, id, secret);
  const plain = await openBox(crypto, key, { kind: 'enrolment', id }, bytes);
  return plain && parseEnvelopeText(plain);
}

function withAnswer(current: Invitation, seq: number, answer: Envelope | undefined): Invitation {
  const isKnown = answer === undefined || current.answers.some((known) => JSON.stringify(known) === JSON.stringify(answer));
  return { ...current, seq: Math.max(current.seq, seq), answers: isKnown ? current.answers : [...current.answers, answer] };
}

/** With the team file: whoever gets the text has nothing else to check it by. */
async function textOf(envelope: Envelope, { file, signatures }: SignedTeam): Promise<string> {
  return await blobText(createDeflater(globalThis), { envelope, team: { file: b64u(file), signatures: isObject(signatures) ? signatures : {} } });
}
