/** Streams of chained events, as a spool writes them, and calls of a member to a log. */
import { createHash, randomBytes } from 'node:crypto';
import { sha256 } from '../../../src/adapters/audit/spool/digest.ts';
import { chainEvent, headOf, newStream, type ChainedEvent, type EventBody } from '../../../src/core/audit/chain.ts';
import { rootOfLeaves } from '../../../src/core/audit/merkle.ts';
import { leafOf, problemWithReceipt, type Receipt } from '../../../src/core/audit/receipt.ts';
import { openCheckpoint, type Checkpoint } from '../../../src/core/audit/checkpoint.ts';
import { parseB64u } from '../../../src/core/approval/bytes.ts';
import { parseLogView } from '../../../src/protocol/audit.ts';
import { crypto, type OwnKey } from '../confirmation/keys.ts';
import { logIn, type Call } from '../confirmation/relay.ts';

export const hash = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

export function newStreamName(): string {
  return randomBytes(12).toString('hex');
}

/** `count` events of one stream. */
export function stream(count: number, name = newStreamName(), body: (index: number) => EventBody = (index) => ({ kind: 'read', run: String(index), sql: 'SELECT 1' })): readonly ChainedEvent[] {
  const events: ChainedEvent[] = [];
  let head = newStream(name);
  for (let index = 0; index < count; index += 1) {
    const event = chainEvent(head, body(index), sha256);
    events.push(event);
    head = headOf(event);
  }
  return events;
}

export const linesOf = (events: readonly ChainedEvent[]): readonly string[] => events.map((event) => JSON.stringify(event));

export async function sessionToken(call: Call, key: OwnKey, host?: string, team = 'shop'): Promise<string> {
  const answer = await logIn(call, key, team, host);
  if (answer.status !== 200) throw new Error(`${String(answer.status)} ${await answer.text()}`);
  return ((await answer.json()) as { token: string }).token;
}

export async function postEvents(call: Call, token: string, events: readonly ChainedEvent[], since = 0): Promise<Response> {
  return await call('/v1/audit', { token, json: { since, lines: linesOf(events) } });
}

/** What a client that trusts nothing finds wrong with a receipt. */
export async function checkReceipt(call: Call, token: string, { receipt, events, previous }: { readonly receipt: Receipt; readonly events: readonly ChainedEvent[]; readonly previous?: Checkpoint }): Promise<{ readonly checkpoint: Checkpoint | undefined; readonly problem: string | undefined }> {
  const view = parseLogView(await (await call('/v1/audit/checkpoint', { token })).json());
  if (view === undefined) throw new Error('no log answered');
  const opened = await openCheckpoint(crypto, { origin: view.origin, pub: parseB64u(view.pub) ?? new Uint8Array() }, receipt.note);
  if (opened.kind === 'refused') return { checkpoint: undefined, problem: opened.code };
  const { checkpoint } = opened;
  const bySeq = new Map(events.map((event) => [event.seq, event.hash as string]));
  const hashesOf = ({ seq, count }: { readonly seq: number; readonly count: number }): readonly string[] => Array.from({ length: count }, (_, index) => bySeq.get(seq + index) ?? '');
  return { checkpoint, problem: problemWithReceipt({ receipt, checkpoint, previous, hashesOf }, hash)?.kind };
}

/** Head of the tree of a log that holds these events, sent by whom. */
export function rootOfEvents(entries: readonly { readonly member: string; readonly hash: string }[]): Uint8Array {
  return rootOfLeaves(entries.map((entry) => leafOf(entry.member, entry.hash, hash)), hash);
}
