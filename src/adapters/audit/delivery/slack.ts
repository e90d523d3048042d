/** Alerts, and nothing else, to a webhook that speaks Slack's format: text for people, without SQL. */
import { defaultAlertRules, judgeEvent, type AlertRules, type RefusalCounts } from '../../../core/audit/alerts.ts';
import type { Clock } from '../../../app/ports.ts';
import { failureOf, unanswered } from './answers.ts';
import type { Endpoint } from './endpoint.ts';
import { post } from './httpPost.ts';

export type SlackOptions = { readonly name: string; readonly url: URL; readonly rules?: AlertRules; readonly ca?: string; readonly clock: Pick<Clock, 'now'> };

/** The same thing is said once in this time. */
const quietMs = 5 * 60_000;
const mostLines = 20;

export function createSlack({ name, url, rules = defaultAlertRules, ca, clock }: SlackOptions): Endpoint {
  const said = new Map<string, number>();
  let refusals: RefusalCounts = new Map();
  return {
    name,
    async send(events, signal) {
      const now = clock.now();
      let counts = refusals;
      const texts = new Map<string, string>();
      for (const { body } of events) {
        const judged = judgeEvent(body, rules, counts);
        counts = judged.refusals;
        for (const { key, text } of judged.alerts) if (now - (said.get(key) ?? -Infinity) >= quietMs) texts.set(key, text);
      }
      const result = texts.size === 0 ? ({ kind: 'accepted' } as const) : await tell([...texts.values()], { url, ca, signal });
      if (result.kind !== 'accepted') return result;
      refusals = counts;
      for (const key of texts.keys()) said.set(key, now);
      for (const [key, at] of said) if (now - at >= quietMs) said.delete(key);
      return result;
    },
    close: () => undefined,
  };
}

async function tell(texts: readonly string[], { url, ca, signal }: { url: URL; ca: string | undefined; signal: AbortSignal }): ReturnType<Endpoint['send']> {
  const more = texts.length > mostLines ? [`… and ${String(texts.length - mostLines)} more`] : [];
  const lines = [...texts.slice(0, mostLines), ...more].map((text) => `• ${escape(text)}`);
  try {
    const body = Buffer.from(JSON.stringify({ text: `*Countersign*\n${lines.join('\n')}` }));
    return failureOf(await post({ url, headers: { 'content-type': 'application/json' }, body, signal, ...(ca === undefined ? {} : { ca }) })) ?? { kind: 'accepted' };
  } catch (error) {
    return unanswered(error, signal);
  }
}

/** Slack's three signs; with them a name could pass for a link or call everybody. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
