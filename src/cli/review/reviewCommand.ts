/** `countersign review` and `countersign join`: a second person at a terminal. Only a person at a terminal can answer. */
import { readFile } from 'node:fs/promises';
import { openLinkOrText, type OpenedLink } from '../../adapters/confirmation/openedLink.ts';
import { openSshKey } from '../../adapters/confirmation/sshSigner.ts';
import { b64u } from '../../core/approval/bytes.ts';
import { createCrypto } from '../../core/approval/crypto.ts';
import { decisionOn } from '../../core/approval/decision.ts';
import { sixWords } from '../../core/approval/digest.ts';
import { enrolmentWords, proposeMemberId, type EnrolmentBody } from '../../core/approval/enrolment.ts';
import { bodyBytes, payloadTypes, signBody, type Envelope } from '../../core/approval/envelope.ts';
import { describeRequestRefusal } from '../../core/approval/requestRefusalText.ts';
import { toFailure } from '../../core/errors.ts';
import { findTerminal, type Terminal } from '../run/terminal.ts';
import { readArguments, UsageError } from '../usage.ts';
import { visible } from '../visible.ts';
import { openKeyFile, type OwnKey } from './keyFile.ts';
import { recordOwn } from './recordOwn.ts';
import { requestText } from './requestText.ts';

const options = { 'ssh-key': { type: 'string' }, key: { type: 'string' }, name: { type: 'string' }, id: { type: 'string' } } as const;
const crypto = createCrypto(globalThis.crypto);

type Request = Extract<OpenedLink, { kind: 'request' }>;
type Joinable = Extract<OpenedLink, { kind: 'request' | 'invitation' }>;

/** @returns 0 approved and sent, 3 rejected or nothing decided, 1 it could not be opened or sent */
export async function reviewCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options);
  const text = await readText(positionals);
  const terminal = needTerminal();
  const opened = await openLinkOrText(crypto, text, Date.now);
  if (opened.kind !== 'request') return explain(opened);
  const key = await openKey(values);
  const reviewer = opened.team.keys.get(key.signer.keyid);
  if (reviewer === undefined || reviewer.record.revoked !== undefined) return fail(`This key is of nobody in the team “${visible(opened.team.body.team)}”, so its signature would not count. Nothing was sent. Join first: countersign join LINK.`);
  if (opened.checked.request.emergency !== undefined) return fail('This is an emergency of its requester, who commits it without others. There is nothing to confirm; you are asked to review it afterwards. Nothing was sent.');
  if (reviewer.member.id === opened.checked.request.requester) return fail('You asked this yourself: only somebody else can confirm it. Nothing was sent.');
  process.stderr.write(await shown(opened));
  return await decide(terminal, opened, { id: reviewer.member.id, key });
}

/** @returns 0 sent */
export async function joinCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options);
  const text = await readText(positionals);
  const name = values.name?.trim().toWellFormed() ?? '';
  const id = values.id ?? proposeMemberId(name);
  if (name === '' || id === '') throw new UsageError('join needs your name: --name "Robin Doe". Where it has no Latin letter, give an --id too.');
  const opened = await openLinkOrText(crypto, text, Date.now);
  if (opened.kind !== 'invitation' && opened.kind !== 'request') return explain(opened);
  return await enrol(opened, { id, name }, await openKey(values));
}

async function decide(terminal: Terminal, { checked, channel, skewMs }: Request, { id, key }: { readonly id: string; readonly key: OwnKey }): Promise<number> {
  const typed = await terminal.ask('Type approve or reject (anything else decides nothing): ');
  const decision = typed === 'approve' || typed === 'reject' ? typed : undefined;
  if (decision === undefined) return fail('Nothing was decided, and nothing was sent.', 3);
  const comment = await terminal.ask('Comment (optional): ');
  const body = decisionOn(checked, { decision, reviewer: id, comment, view: 'web', now: Date.now() + skewMs });
  const envelope = await signBody(payloadTypes.decision, bodyBytes(body), [key.signer]);
  const isAfter = checked.request.afterwards !== undefined;
  const after = isAfter ? `Signed and sent. ${visible(checked.requester.name)}’s editor records it; nothing runs because of it.` : decision === 'approve' ? `Approved and sent. ${visible(checked.requester.name)}’s editor checks it, runs exactly this again, and commits only if the effect is the same.` : 'Rejected and sent. Nothing is committed because of it.';
  const { request, digest } = checked;
  const records = await recordOwn({ request, digest, decision, envelope }).catch((thrown: unknown) => toFailure(thrown).message);
  if (typeof records === 'string') return fail(`Nothing was sent, because your answer could not be recorded on this machine. ${visible(records)}`);
  try {
    const code = await send({ channel }, 'decision', envelope, after);
    return code === 0 && decision === 'reject' ? 3 : code;
  } finally {
    await records.close();
  }
}

async function enrol({ team, channel }: Joinable, member: EnrolmentBody['member'], { record, signer }: OwnKey): Promise<number> {
  const body: EnrolmentBody = { v: 1, team: team.body.team, member, key: record, time: Date.now(), nonce: b64u(crypto.random(32)) };
  const envelope = await signBody(payloadTypes.enrolment, bodyBytes(body), [signer]);
  const words = await enrolmentWords(crypto, signer.keyid, undefined);
  return await send({ channel }, 'enrolment', envelope, `Sent to the team “${visible(team.body.team)}”. Now call an administrator and say these six words; do not send them the way the link came:\n\n  ${words.join(' ')}\n`);
}

async function send({ channel }: Pick<Joinable, 'channel'>, kind: 'decision' | 'enrolment', envelope: Envelope, done: string): Promise<number> {
  const answer = await channel.deliver(kind, envelope);
  switch (answer.kind) {
    case 'refused':
      return fail(`The server did not take it: ${visible(answer.message)} Nothing was decided.`);
    case 'unreachable':
      return fail(`${visible(answer.message)} It is not certain that it arrived; running the same command again does no harm.`);
    case 'ok':
      if (answer.value.text !== undefined) process.stdout.write(`${answer.value.text}\n`);
      process.stderr.write(answer.value.text === undefined ? `${done}\n` : `Carry the text above to whoever asked, by any chat: it is signed, and fits nothing else.\n`);
      return 0;
  }
}

async function shown({ checked: { request, requester, digest }, team, teamWords }: Request): Promise<string> {
  return requestText({ request, requester, words: await sixWords(crypto, 'request', digest), team: { name: team.body.team, version: team.body.version, words: teamWords } });
}

function explain(opened: Exclude<OpenedLink, { kind: 'request' }>): number {
  switch (opened.kind) {
    case 'invitation':
      return fail('This is an invitation to a team, not a request: countersign join LINK --name "Your Name".');
    case 'over':
      return fail(`The request is over (${opened.state}). There is nothing left to decide.`, 3);
    case 'sealed':
      return fail('What the server sent does not fit the link: it was changed on the way, or belongs to another request. Approve it nowhere else either.');
    case 'refused':
      return fail(`Nothing can be approved: ${describeRequestRefusal(opened.code)}. (${opened.code})`);
    case 'not-understood':
      return fail('This is neither a link to a request nor a text that begins with cfm1. Copy all of it; the part after # belongs to it.');
    case 'no-answer':
      return fail(`${visible(opened.message)} Nothing was decided.`);
  }
}

async function openKey(values: { readonly 'ssh-key'?: string; readonly key?: string }): Promise<OwnKey> {
  const { 'ssh-key': ssh, key } = values;
  if ((ssh === undefined) === (key === undefined)) throw new UsageError('Name the key that signs: --ssh-key ~/.ssh/id_ed25519.pub, or --key FILE for a key file of Countersign (made when it is not there).');
  if (key !== undefined) return await openKeyFile(crypto, key, Date.now());
  return await openSshKey(crypto, ssh ?? '', Date.now()).catch((error: unknown) => {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  });
}

/** The link as an argument shows up in lists of processes; `@FILE` keeps it out of them. */
async function readText(positionals: readonly string[]): Promise<string> {
  const [text, ...rest] = positionals;
  if (text === undefined || rest.length > 0) throw new UsageError('Give one link, one text that begins with cfm1., or @FILE that holds it.');
  return text.startsWith('@') ? await readFile(text.slice(1), 'utf8').catch(() => { throw new UsageError(`${text.slice(1)} cannot be read.`); }) : text;
}

function needTerminal(): Terminal {
  const terminal = findTerminal();
  if (terminal === undefined) throw new UsageError('Only a person at a terminal can answer a request, and there is none here. Nothing was decided.');
  return terminal;
}

function fail(message: string, code = 1): number {
  process.stderr.write(`${message}\n`);
  return code;
}
