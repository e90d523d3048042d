/**
 * What a reviewer answers is on record on their own machine before it is sent: what they had before them, and what they signed.
 * Whoever asked then cannot say that it was another text.
 */
import type { Envelope } from '../core/approval/envelope.ts';
import type { RequestBody } from '../core/approval/request.ts';
import type { Actor, AuditRecord } from '../core/audit/record.ts';
import { recordedText } from '../core/audit/recordedText.ts';
import { describeTarget } from '../core/profile/connection.ts';
import { worstClass } from '../core/sql/verdict.ts';
import type { Clock, Journal, SqlAnalyser } from './ports.ts';

export type AnswerPorts = { readonly analyser: SqlAnalyser; readonly journal: Journal; readonly clock: Clock; readonly actor: Actor };

export type GivenAnswer = { readonly run: string; readonly request: RequestBody; readonly digest: string; readonly decision: 'approve' | 'reject'; readonly envelope: Envelope };

/** Rejects when it cannot be made durable: then nothing may be sent. */
export async function recordAnswer({ analyser, journal, clock, actor }: AnswerPorts, { run, request, digest, decision, envelope }: GivenAnswer): Promise<void> {
  const { id, team, requester, reason, ticket, target, facts, statements } = request;
  const read = await Promise.all(statements.map(async ({ sql }) => ({ sql, verdict: await analyser.analyse(sql, target.engine) })));
  const texts = read.map(({ sql, verdict }) => recordedText(sql, verdict));
  const classes = [...new Set(read.map(({ verdict }) => verdict.class))];
  const record: AuditRecord = {
    kind: 'answer',
    run,
    time: clock.now(),
    actor,
    target: { connection: target.profile, environment: facts.environment, address: addressOf(target) },
    sql: texts.join(';\n'),
    class: worstClass(classes),
    ...(classes.length < 2 ? {} : { classes }),
    reason: decision === 'approve' ? 'approved' : 'rejected',
    confirmation: { request: id, digest, team, requester, reason, ...(ticket === undefined ? {} : { ticket }), statements: texts, decisions: [envelope] },
  };
  await journal.intent(record);
}

/** As a record of a run has it. */
function addressOf({ role, host, database }: RequestBody['target']): string {
  const colon = host.lastIndexOf(':');
  return describeTarget({ user: role, host: host.slice(0, colon), port: Number(host.slice(colon + 1)), database });
}
