/** Messages between a log of records and its clients. Version 1; every call carries a member's session. */
import { b64uOf, b64uText, closed, listOf, name, nullable, oneOf, pattern, text, time, whole } from '../core/approval/guards.ts';
import type { Guarded } from '../core/approval/guards.ts';
import { isMemberId } from '../core/approval/request.ts';

/** Bytes of one `POST /v1/audit`. One event may be as large as this; clients send far less at once. */
export const maxAuditBytes = 16 * 1024 * 1024;
export const maxAuditEvents = 1000;
/** Events in one page of the log. */
export const maxPageEvents = 500;

const count = whole(0, Number.MAX_SAFE_INTEGER);
const isHash = b64uOf(32);
/** A note of one line of signature is far smaller. */
const isNote = text(16 * 1024);
export const isStreamName = pattern(/^[0-9a-f]{24}$/);

/**
 * `POST /v1/audit`: events of one stream, in order, each as the line of JSON it is on the sender's disk, without the line end: so
 * that no program in between writes it another way. `since`: size of the newest checkpoint the sender keeps.
 */
export const isPostAudit = closed({ since: count, lines: listOf(text(maxAuditBytes), maxAuditEvents, 1) });
export type PostAudit = Guarded<typeof isPostAudit>;

const isRun = closed({ stream: isStreamName, seq: whole(1, Number.MAX_SAFE_INTEGER), leaf: count, count: whole(1, maxAuditEvents), member: isMemberId, proof: listOf(isHash, 128) });
const isReceipt = closed({ note: isNote, since: count, consistency: nullable(listOf(isHash, 128)), runs: listOf(isRun, maxAuditEvents) });

/** `GET /v1/audit/checkpoint`: how the log calls itself, its key (SPKI, P-256), and its newest checkpoint. */
const isLogView = closed({ v: oneOf(1), origin: name(300), pub: b64uText(200), note: isNote });
export type LogView = Guarded<typeof isLogView>;

/** `GET /v1/audit/proof?from=&to=` and `?leaf=&size=`: RFC 6962 §2.1.2 and §2.1.1. */
const isProofView = closed({ size: count, proof: listOf(isHash, 128) });
export type ProofView = Guarded<typeof isProofView>;

/** One event of the log: its place, who sent it, when it came, and its line. */
const isLogEntry = closed({ leaf: count, member: isMemberId, at: time, line: text(maxAuditBytes) });
export type LogEntry = Guarded<typeof isLogEntry>;

/** `GET /v1/audit/events?after=`: those from place `after` on, in order. `size`: of the log at that moment. */
const isLogPage = closed({ size: count, events: listOf(isLogEntry, maxPageEvents) });
export type LogPage = Guarded<typeof isLogPage>;

/** Why events were not taken. `next`: the number of the event the log waits for. */
const isAuditProblem = closed({ error: closed({ code: name(64), message: text(2000) }) }, { next: whole(1, Number.MAX_SAFE_INTEGER) });

export const parseReceipt = parserOf(isReceipt);
export const parseLogView = parserOf(isLogView);
export const parseProofView = parserOf(isProofView);
export const parseLogPage = parserOf(isLogPage);
export const parseLogEntry = parserOf(isLogEntry);
export const parseAuditProblem = parserOf(isAuditProblem);

function parserOf<Value>(guard: (value: unknown) => value is Value): (value: unknown) => Value | undefined {
  return (value) => (guard(value) ? value : undefined);
}
