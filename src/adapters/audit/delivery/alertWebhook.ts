/** Alerts as signed JSON, `{"v":1,"alerts":[{"kind","key","text"}]}`: for a pager or a bot of one's own. The same `key` says the same again. */
import type { Clock } from '../../../app/ports.ts';
import { defaultAlertRules, type AlertRules } from '../../../core/audit/alerts.ts';
import { sha256 } from '../spool/digest.ts';
import { createAlerter } from './alerter.ts';
import type { Endpoint } from './endpoint.ts';
import { postSigned, type WebhookTarget } from './webhook.ts';

export type AlertWebhookOptions = WebhookTarget & { readonly name: string; readonly rules?: AlertRules; readonly clock: Pick<Clock, 'now'> };

export function createAlertWebhook({ name, rules = defaultAlertRules, ...target }: AlertWebhookOptions): Endpoint {
  return createAlerter({
    name,
    rules,
    clock: target.clock,
    tell: async (alerts, signal) => await postSigned(target, { content: { v: 1, alerts: alerts.map(({ kind, key, text }) => ({ kind, key, text })) }, key: sha256(alerts.map(({ key }) => key).join('\n')), signal }),
  });
}
