/** What an HTTP endpoint's answer means for the events that were sent. */
import type { SendResult } from './endpoint.ts';
import type { Answer } from './httpPost.ts';

/** `undefined`: a success, and the caller looks at the body. */
export function failureOf({ status, headers }: Answer): SendResult | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status >= 300 && status < 400) return { kind: 'refused', why: `it answered ${String(status)} and wants the records sent elsewhere; correct its address` };
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const afterMs = retryAfter(headers['retry-after']);
    return { kind: 'retry', why: `it answered ${String(status)}`, ...(afterMs === undefined ? {} : { afterMs }) };
  }
  return { kind: 'refused', why: `it answered ${String(status)}` };
}

/** Nobody keeps records waiting longer than this by asking. */
const longestWait = 5 * 60_000;

function retryAfter(value: string | readonly string[] | undefined): number | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return /^\d+$/u.test(text) ? Math.min(Number(text) * 1000, longestWait) : undefined;
}

/** No answer at all. */
export function unanswered(error: unknown, signal: AbortSignal): SendResult {
  return { kind: 'retry', why: signal.aborted ? 'it did not answer in time' : error instanceof Error ? error.message : String(error) };
}
