/** Reads a whole log from its server, as a member of the team. What comes is only what the server says; `core/audit` judges it. */
import { parseLogPage, parseLogView, type LogEntry, type LogView } from '../../protocol/audit.ts';
import { createLogCalls, type CallEnd, type LogCaller } from './delivery/countersignCalls.ts';

export type FetchedLog = { readonly view: LogView; readonly entries: readonly LogEntry[] };
export type FetchOptions = { readonly url: URL; readonly ca?: string; readonly now: () => number; readonly caller: LogCaller; readonly signal: AbortSignal };

/** @returns in words why it could not be read, or the log */
export async function fetchLog({ url, ca, now, caller, signal }: FetchOptions): Promise<FetchedLog | string> {
  const calls = createLogCalls({ url, now, ...(ca === undefined ? {} : { ca }) });
  try {
    // First, so that every event it speaks of is among those that are read after it.
    const view = await calls.call(caller, { path: '/v1/audit/checkpoint', signal, parse: parseLogView });
    if (view.kind !== 'ok') return reasonOf(view);
    const entries: LogEntry[] = [];
    for (;;) {
      const page = await calls.call(caller, { path: `/v1/audit/events?after=${String(entries.length)}`, signal, parse: parseLogPage });
      if (page.kind !== 'ok') return reasonOf(page);
      entries.push(...page.value.events);
      if (page.value.events.length === 0 || entries.length >= page.value.size) return { view: view.value, entries };
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function reasonOf(end: Exclude<CallEnd<unknown>, { kind: 'ok' }>): string {
  return end.kind === 'retry' ? end.why : end.message;
}
