/** Alerts to a webhook that speaks Slack's format: text for people, without SQL. */
import type { Clock } from '../../../app/ports.ts';
import { defaultAlertRules, type AlertRules } from '../../../core/audit/alerts.ts';
import { createAlerter } from './alerter.ts';
import { failureOf, unanswered } from './answers.ts';
import type { Endpoint, SendResult } from './endpoint.ts';
import { post } from './httpPost.ts';

export type SlackOptions = { readonly name: string; readonly url: URL; readonly rules?: AlertRules; readonly ca?: string; readonly clock: Pick<Clock, 'now'> };

const mostLines = 20;

export function createSlack({ name, url, rules = defaultAlertRules, ca, clock }: SlackOptions): Endpoint {
  return createAlerter({ name, rules, clock, tell: async (alerts, signal) => await tell(alerts.map(({ text }) => text), { url, ca, signal }) });
}

async function tell(texts: readonly string[], { url, ca, signal }: { url: URL; ca: string | undefined; signal: AbortSignal }): Promise<SendResult> {
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
