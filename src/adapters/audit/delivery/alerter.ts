/** An endpoint that is told what deserves attention, and nothing else. It keeps no records: nobody may count on it for that. */
import type { Clock } from '../../../app/ports.ts';
import { judgeEvent, type Alert, type AlertRules, type RefusalCounts } from '../../../core/audit/alerts.ts';
import type { Endpoint, SendResult } from './endpoint.ts';

export type AlerterOptions = {
  readonly name: string;
  readonly rules: AlertRules;
  readonly clock: Pick<Clock, 'now'>;
  /** Never rejects; gives up when `signal` aborts. */
  readonly tell: (alerts: readonly Alert[], signal: AbortSignal) => Promise<SendResult>;
};

/** What happened longer ago is in the records, but alarms nobody: a new endpoint gets every old event first. */
const newsMs = 24 * 60 * 60_000;

export function createAlerter({ name, rules, clock, tell }: AlerterOptions): Endpoint {
  /** Until when an alert is not said again. */
  const said = new Map<string, number>();
  let refusals: RefusalCounts = new Map();
  return {
    name,
    alertsOnly: true,
    async send(events, signal) {
      const now = clock.now();
      let counts = refusals;
      const due = new Map<string, Alert>();
      for (const { body } of events) {
        const judged = judgeEvent(body, rules, counts);
        counts = judged.refusals;
        if (typeof body['time'] === 'number' && now - body['time'] > newsMs) continue;
        for (const alert of judged.alerts) if (now >= (said.get(alert.key) ?? 0)) due.set(alert.key, alert);
      }
      const result = due.size === 0 ? ({ kind: 'accepted' } as const) : await tell([...due.values()], signal);
      if (result.kind !== 'accepted') return result;
      refusals = counts;
      for (const { key, quietMs } of due.values()) said.set(key, now + quietMs);
      for (const [key, until] of said) if (until <= now) said.delete(key);
      return result;
    },
    close: () => undefined,
  };
}
