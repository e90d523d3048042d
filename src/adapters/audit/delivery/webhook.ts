/**
 * Events as JSON to any HTTP endpoint, signed so that it can tell who sent them.
 *
 * `Countersign-Signature: t=<seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`. The key of each event is its `hash`: an endpoint
 * that keeps one event for each hash keeps every event once, however often it is sent.
 */
import { createHmac } from 'node:crypto';
import type { Clock } from '../../../app/ports.ts';
import { failureOf, unanswered } from './answers.ts';
import type { Endpoint } from './endpoint.ts';
import { post } from './httpPost.ts';

export type WebhookOptions = {
  readonly name: string;
  readonly url: URL;
  /** Shared with the endpoint. */
  readonly secret: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ca?: string;
  readonly clock: Pick<Clock, 'now'>;
};

export function createWebhook({ name, url, secret, headers = {}, ca, clock }: WebhookOptions): Endpoint {
  return {
    name,
    async send(events, signal) {
      const body = Buffer.from(JSON.stringify({ v: 1, events }));
      try {
        const answer = await post({
          url,
          headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': events.at(-1)?.hash ?? '', 'countersign-signature': sign(body, secret, clock.now()) },
          body,
          signal,
          ...(ca === undefined ? {} : { ca }),
        });
        return failureOf(answer) ?? { kind: 'accepted' };
      } catch (error) {
        return unanswered(error, signal);
      }
    },
    close: () => undefined,
  };
}

export function sign(body: Uint8Array, secret: string, now: number): string {
  const seconds = String(Math.floor(now / 1000));
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex')}`;
}
