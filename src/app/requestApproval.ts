/**
 * Asks others to confirm what was shown: request written and signed → recorded → kept → put where its reviewers find it.
 * Nothing is open on the database meanwhile.
 */
import { approversFor, describeTerms, lackingApprovers } from '../core/approval/approvers.ts';
import { b64u, parseB64u } from '../core/approval/bytes.ts';
import { composeRequest } from '../core/approval/composeRequest.ts';
import { requestDigest } from '../core/approval/digest.ts';
import { compareEffects } from '../core/approval/effectMatch.ts';
import { effectOf } from '../core/approval/effectOf.ts';
import { payloadTypes, signBody } from '../core/approval/envelope.ts';
import { describeTeamRefusal } from '../core/approval/refusalText.ts';
import { parseRequest } from '../core/approval/request.ts';
import type { RequestBody } from '../core/approval/request.ts';
import { linkText, newRequestId, newSecret } from '../core/approval/seal.ts';
import { targetOf, type ServerPlace } from '../core/approval/targetOf.ts';
import type { Team } from '../core/approval/team.ts';
import { teamFreshness } from '../core/approval/teamChain.ts';
import type { Terms } from '../core/approval/terms.ts';
import { emergencyMinutes } from '../core/approval/verifyApproval.ts';
import { epochMs } from '../core/brand.ts';
import type { Fingerprint } from '../core/effect/fingerprint.ts';
import type { Preview, TableImages } from '../core/effect/preview.ts';
import { toFailure } from '../core/errors.ts';
import { prepareMasking } from '../core/masking/masking.ts';
import type { Outcome } from '../core/outcome.ts';
import { riskRulesFor } from '../core/sql/riskRules.ts';
import type { ClassifiedStatement } from '../core/sql/verdict.ts';
import type { UndoNotice } from '../core/undo/kept.ts';
import type { Approvals, PendingRequest, Self } from './approvalPorts.ts';
import type { Consent } from './ports.ts';
import type { Run } from './run.ts';

/** What others are to confirm, as it was learned before anybody was asked. */
export type Askable = {
  readonly statements: readonly ClassifiedStatement[];
  readonly terms: Terms;
  readonly preview: Pick<Preview, 'effects' | 'permanent' | 'definition' | 'unlisted'> & Partial<Preview>;
  readonly images: readonly TableImages[];
  /** `null`: nothing was measured, and text, target and facts are all that can be confirmed. */
  readonly fingerprint: Fingerprint | null;
  /** What is known although nothing ran, in words. */
  readonly known: readonly string[];
  readonly place: ServerPlace | undefined;
  readonly notice: UndoNotice | undefined;
};

export type Wish = Omit<Extract<Consent, { kind: 'ask-peer' }>, 'kind'>;

export type AskedPeers =
  | { readonly kind: 'asked'; readonly outcome: Outcome }
  /** Nothing was sent; why, and what to do. It can be tried again. */
  | { readonly kind: 'not-asked'; readonly message: string };

/** Longer than any server keeps a request. */
const mostLifetimeMs = 7 * 24 * 60 * 60 * 1000;

/** Never rejects. */
export async function requestApproval(run: Run, approvals: Approvals, askable: Askable, wish: Wish): Promise<AskedPeers> {
  try {
    const who = await whoAsks(run, approvals, askable, wish);
    return typeof who === 'string' ? notAsked(who) : await ask(run, approvals, askable, { ...wish, ...who });
  } catch (thrown) {
    return notAsked(toFailure(thrown).message);
  }
}

export type Asking = Wish & { readonly team: Team; readonly self: Self } & Pick<RequestBody, 'emergency'> & { /** Nobody but who asks has to read it. */ readonly stays?: boolean };

/** Why nobody can be asked, as a sentence; or who asks whom. */
async function whoAsks({ ports }: Run, { team }: Approvals, { terms, place }: Askable, { reason, whom }: Wish): Promise<Pick<Asking, 'team' | 'self'> | string> {
  const state = await team.state();
  if (state === undefined) return 'There is no team to ask. Use “Set Up a Team” first.';
  if (state.kind === 'refused') return `Nobody can confirm anything now, because ${describeTeamRefusal(state.code)}.`;
  if (teamFreshness(state.team, ports.clock.now()) === 'expired') return `Nobody can confirm anything now, because ${describeTeamRefusal('team-expired')}.`;
  const self = await team.self();
  if (self === undefined) return 'No key on this machine belongs to a member of the team, so nobody could tell that it is you who asks. Make a key and have an administrator add it.';
  const approvers = approversFor(state.team, terms, self.member.id);
  if (lackingApprovers(terms, approvers) > 0) return `There are not enough others in the team who could. ${describeTerms(terms)} Have an administrator add them, or their keys.`;
  const stranger = whom.find((id) => !approvers.some((member) => member.id === id));
  if (stranger !== undefined) return `${stranger} cannot confirm this. ${describeTerms(terms)}`;
  if (reason.trim() === '') return 'Say why it has to be done: whoever confirms it reads that first.';
  if (place === undefined) return 'The server did not say which one it is, so an approval could not be bound to it. Try again.';
  return { team: state.team, self };
}

/** Rejects when it cannot be recorded or kept. */
export async function ask(run: Run, approvals: Approvals, askable: Askable, asking: Asking): Promise<AskedPeers> {
  const { crypto, pending } = approvals;
  const { journal, clock } = run.ports;
  const { connection, document, text, undoOf, wayBack } = run.request;
  const composed = await compose(run, approvals, askable, asking);
  if (composed.kind === 'unfit') return notAsked(composed.why);
  const { body, bytes } = composed;
  const envelope = await signBody(payloadTypes.request, bytes, [asking.self.signer]);
  const secret = newSecret(crypto);
  const facts = { request: body.id, digest: await requestDigest(crypto, bytes), team: body.team, requester: body.requester, whom: asking.whom, reason: body.reason, ...(body.ticket === undefined ? {} : { ticket: body.ticket }), ...(body.supersedes === undefined ? {} : { supersedes: body.supersedes }), ...(body.emergency === undefined ? {} : { purpose: 'emergency' as const }) };
  // What could not be run later for want of a receipt is not even asked.
  await journal.intent(run.record('request', { ...(body.effect === null ? {} : { effects: askable.preview.effects }), confirmation: facts }), askable.terms.audit);
  const entry: PendingRequest = {
    id: body.id,
    run: run.request.run,
    team: asking.team.body.team,
    body: bytes,
    envelope,
    secret,
    connection: connection.id,
    document,
    text,
    fingerprint: askable.fingerprint,
    images: askable.images,
    ...(undoOf === undefined ? {} : { undoOf }),
    ...(wayBack === undefined ? {} : { wayBack }),
    decisions: [],
    seen: [],
    seq: 0,
    state: 'waiting',
    created: clock.now(),
    expires: epochMs(body.expires),
  };
  await pending.keep(entry);
  return { kind: 'asked', outcome: await file(approvals, entry, askable, asking) };
}

/** It is kept already: whatever a server says, it can still travel as text. */
async function file({ pending, filing }: Approvals, { id, envelope, secret, expires }: PendingRequest, { preview }: Askable, { whom, emergency, stays = false }: Asking): Promise<Outcome> {
  const { server, problem } = stays ? {} : await filing.file({ id, envelope, secret, expires, whom });
  const shown = { ...(isWhole(preview) ? { preview } : {}), ...(emergency === undefined ? {} : { emergency: true as const }) };
  if (server === undefined) return { kind: 'awaiting-confirmation', request: id, ...shown, ...(problem === undefined ? {} : { problem }) };
  const isKept = await pending.change(id, { server }).then(() => true, () => false);
  // Its answers would not be waited for at a server nobody remembers.
  if (!isKept) return { kind: 'awaiting-confirmation', request: id, ...shown, problem: 'where it is could not be written on this machine' };
  return { kind: 'awaiting-confirmation', request: id, ...shown, link: linkText({ server, id, secret }), ...(problem === undefined ? {} : { problem }) };
}

function isWhole(preview: Askable['preview']): preview is Preview {
  return preview.statements !== undefined;
}

async function compose(run: Run, approvals: Approvals, askable: Askable, { team, self, reason, ticket, emergency }: Asking): Promise<ReturnType<typeof composeRequest>> {
  const { crypto } = approvals;
  const { request, ports } = run;
  const { connection, actor } = request;
  const { place, terms, fingerprint, notice, ...shown } = askable;
  if (place === undefined) return { kind: 'unfit', why: 'The server did not say which one it is.' };
  const nonce = crypto.random(32);
  const created = ports.clock.now();
  const effect = fingerprint === null ? null : await effectOf(crypto, shown.preview, fingerprint, nonce);
  const policy = { team: team.body.policy.masking ?? [], hidden: request.policy.confirmation?.hidden ?? [] };
  return composeRequest({
    ...shown,
    id: newRequestId(crypto),
    nonce: b64u(nonce),
    team: team.digest,
    requester: self.member.id,
    origin: actor.kind === 'human' ? 'human' : `agent:${actor.osUser.replaceAll(/[^\w .:/@-]/gu, '_').slice(0, 64)}`,
    created,
    expires: created + Math.min((emergency === undefined ? terms.ttlMinutes : Math.min(terms.ttlMinutes, emergencyMinutes)) * 60_000, mostLifetimeMs),
    reason,
    ...(ticket === undefined ? {} : { ticket }),
    ...(emergency === undefined ? {} : { emergency }),
    ...(await logOf(approvals)),
    ...(await driftSince(approvals, request.supersedes, effect)),
    ...targetOf(connection, place),
    effect,
    environment: connection.environment,
    ...(notice === undefined ? {} : { undo: notice }),
    rules: request.riskRules ?? riskRulesFor(connection.dialect),
    masking: await prepareMasking(crypto, crypto.random(32), policy, shown.images),
  });
}

async function logOf({ log }: Approvals): Promise<Pick<RequestBody, 'log'>> {
  const note = await log?.seen();
  return note === undefined ? {} : { log: note };
}

/** What became of an earlier request's effect, for the reviewer who had approved that one. */
async function driftSince({ crypto, pending }: Approvals, former: string | undefined, effect: RequestBody['effect']): Promise<Pick<RequestBody, 'supersedes' | 'drift'>> {
  const entry = former === undefined ? undefined : await pending.get(former);
  const body = entry && parseRequest(entry.body);
  if (!entry || !body) return {};
  const supersedes = await requestDigest(crypto, entry.body);
  if (body.effect === null || effect === null) return { supersedes };
  // Digests of rows are made with another nonce each time: of the same numbers only the requester's machine can say whether they are others.
  const comparison = compareEffects({ ...body.effect, rows: null, complete: false }, effect, 'exact');
  const differences = comparison.kind === 'same' ? [] : comparison.differences;
  return { supersedes, drift: differences.slice(0, 1000).map(({ table, approved, measured }) => ({ name: table, before: approved ?? null, now: measured ?? null })) };
}

function notAsked(why: string): AskedPeers {
  return { kind: 'not-asked', message: `Nobody was asked, and nothing is open. ${why}` };
}

/** The nonce as bytes; a request that was read has one. */
export function nonceOf({ nonce }: Pick<RequestBody, 'nonce'>): NonNullable<ReturnType<typeof parseB64u>> {
  return parseB64u(nonce) ?? new Uint8Array(0);
}
