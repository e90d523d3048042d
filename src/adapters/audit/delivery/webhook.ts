/**
 * Events as JSON to any HTTP endpoint, signed so that it can tell who sent them.
 *
 * `Countersign-Signature: t=<seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`. The key of each event is its `hash`: an endpoint
 * that keeps one event for each hash keeps every event once, however often it is sent.
 */
import { createHmac } from 'node:crypto';
import type { Clock } from '../../../app/ports.ts';
import { failureOf, unanswered } from './answers.ts';
import type { Endpoint, SendResult } from './endpoint.ts';
import { post } from './httpPost.ts';

export type WebhookTarget = {
  readonly url: URL;
  /** Shared with the endpoint. */
  readonly secret: string;
  readonly ca?: string;
  readonly clock: Pick<Clock, 'now'>;
};

export type WebhookOptions = WebhookTarget & { readonly name: string };

export function createWebhook({ name, ...target }: WebhookOptions): Endpoint {
  return {
    name,
    send: async (events, signal) => await postSigned(target, { content: { v: 1, events }, key: events.at(-1)?.hash ?? '', signal }),
    close: () => undefined,
  };
}

/** `key`: what tells a message that is sent again from a new one. */
type Message = { readonly content: unknown; readonly key: string; readonly signal: AbortSignal };

/** Never rejects. */
export async function postSigned({ url, secret, ca, clock }: WebhookTarget, { content, key, signal }: Message): Promise<SendResult> {
  const body = Buffer.from(JSON.stringify(content));
  try {
    const answer = await post({
      url,
      headers: { 'content-type': 'application/json', 'idempotency-key': key, 'countersign-signature': sign(body, secret, clock.now()) },
      body,
      signal,
      ...(ca === undefined ? {} : { ca }),
    });
    return failureOf(answer) ?? { kind: 'accepted' };
  } catch (error) {
    return unanswered(error, signal);
  }
}

export function sign(body: Uint8Array, secret: string, now: number): string {
  const seconds = String(Math.floor(now / 1000));
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex')}`;
}
