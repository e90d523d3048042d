/** Calls to a Countersign server's log, in the session of a member. Over the same client as every endpoint, so that `caFile` and proxies count. */
import { b64u } from '../../../core/approval/bytes.ts';
import { bodyBytes, payloadTypes, signBody } from '../../../core/approval/envelope.ts';
import type { Signer } from '../../../core/approval/envelope.ts';
import { isObject } from '../../../core/approval/guards.ts';
import type { SignedTeam } from '../../../core/approval/teamChain.ts';
import { parseChallenge, parseSession } from '../../../protocol/confirmation.ts';
import type { LoginBody } from '../../../protocol/confirmation.ts';
import { parseAuditProblem } from '../../../protocol/audit.ts';
import { failureOf } from './answers.ts';
import { post } from './httpPost.ts';
import type { Answer } from './httpPost.ts';

/** Who calls. */
export type LogCaller = {
  readonly team: string;
  readonly signer: Signer;
  /** The team's signed files, oldest first, for a server that has not heard of the team or of its last version. */
  readonly files?: () => Promise<readonly SignedTeam[]>;
};

export type CallEnd<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  /** The server's own no. `next`: the event it waits for. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly next?: number }
  | { readonly kind: 'retry'; readonly why: string; readonly afterMs?: number };

export type Call<Value> = { readonly path: string; readonly json?: object; readonly signal: AbortSignal; readonly parse: (value: unknown) => Value | undefined };

export interface LogCalls {
  /** Logs in first, and once more when the session has ended. Rejects when there is no whole answer. */
  call<Value>(caller: LogCaller, call: Call<Value>): Promise<CallEnd<Value>>;
}

export type LogCallsOptions = { readonly url: URL; readonly ca?: string; readonly now: () => number };

/** Pages of events, and receipts over scattered places. */
const longestAnswer = 40 * 1024 * 1024;
/** A session that is about to end is not used any more. */
const marginMs = 30_000;

export function createLogCalls({ url, ca, now }: LogCallsOptions): LogCalls {
  const base = url.href.replace(/\/+$/u, '');
  let session: { readonly key: string; readonly token: string; readonly expires: number } | undefined;

  const bare = async <Value>({ path, json, signal, parse }: Call<Value>, token?: string): Promise<CallEnd<Value>> => {
    const answer = await post({
      method: json === undefined ? 'GET' : 'POST',
      url: new URL(base + path),
      headers: { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      body: Buffer.from(json === undefined ? '' : JSON.stringify(json)),
      signal,
      longestAnswer,
      ...(ca === undefined ? {} : { ca }),
    });
    return judge(answer, parse);
  };

  /** A server that does not know the member may not know the team yet. */
  const enter = async (caller: LogCaller, signal: AbortSignal): Promise<CallEnd<string>> => {
    const end = await logIn(caller, signal);
    if (end.kind !== 'refused' || end.code !== 'not-a-member' || caller.files === undefined) return end;
    for (const { file, signatures } of await caller.files()) {
      const taken = await bare({ path: '/v1/teams', json: { file: b64u(file), signatures }, signal, parse: (value) => (isObject(value) ? value : undefined) });
      // It has a later one already; the next may be the one it lacks.
      if (taken.kind !== 'ok' && !(taken.kind === 'refused' && taken.code === 'team-rolled-back')) return taken;
    }
    return await logIn(caller, signal);
  };

  const logIn = async ({ team, signer }: LogCaller, signal: AbortSignal): Promise<CallEnd<string>> => {
    const key = `${team} ${signer.keyid}`;
    if (session !== undefined && session.key === key && session.expires - marginMs > now()) return { kind: 'ok', value: session.token };
    const asked = await bare({ path: '/v1/challenges', json: {}, signal, parse: parseChallenge });
    if (asked.kind !== 'ok') return asked;
    const body: LoginBody = { v: 1, team, host: url.host, challenge: asked.value.challenge, time: now() };
    const begun = await bare({ path: '/v1/login', json: { login: await signBody(payloadTypes.login, bodyBytes(body), [signer]) }, signal, parse: parseSession });
    if (begun.kind !== 'ok') return begun;
    session = { key, ...begun.value };
    return { kind: 'ok', value: begun.value.token };
  };

  return {
    async call(caller, call) {
      const first = await enter(caller, call.signal);
      if (first.kind !== 'ok') return first;
      const answer = await bare(call, first.value);
      if (answer.kind !== 'refused' || answer.code !== 'no-session') return answer;
      session = undefined;
      const second = await enter(caller, call.signal);
      return second.kind === 'ok' ? await bare(call, second.value) : second;
    },
  };
}

function judge<Value>(answer: Answer, parse: (value: unknown) => Value | undefined): CallEnd<Value> {
  const body = parseJson(Buffer.from(answer.body).toString('utf8'));
  const failure = failureOf(answer);
  if (failure === undefined) {
    const value = parse(body);
    return value === undefined ? { kind: 'retry', why: 'its answer is not that of a Countersign server' } : { kind: 'ok', value };
  }
  const problem = answer.status < 500 && answer.status !== 429 ? parseAuditProblem(body) : undefined;
  if (problem !== undefined) return { kind: 'refused', ...problem.error, ...(problem.next === undefined ? {} : { next: problem.next }) };
  return { kind: 'retry', why: 'why' in failure ? failure.why : '', ...('afterMs' in failure && failure.afterMs !== undefined ? { afterMs: failure.afterMs } : {}) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not our server: the parser says so.
    return undefined;
  }
}
