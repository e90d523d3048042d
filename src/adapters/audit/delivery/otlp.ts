/**
 * Events as OTLP/HTTP log records in protobuf, encoded by OpenTelemetry's own serializer. Driven by the spool: the SDK's own
 * batch processor drops records when its queue is full, and these may not be dropped.
 */
import type { ChainedEvent } from '../../../core/audit/chain.ts';
import { failureOf, unanswered } from './answers.ts';
import type { Endpoint, SendResult } from './endpoint.ts';
import { post } from './httpPost.ts';

export type OtlpOptions = {
  readonly name: string;
  /** The whole path, e.g. `https://collector:4318/v1/logs`. */
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ca?: string;
  readonly version: string;
};

export function createOtlp({ name, url, headers = {}, ca, version }: OtlpOptions): Endpoint {
  return {
    name,
    async send(events, signal) {
      try {
        // Heavier than everything else here, and most people never need it.
        const { decodeAnswer, encodeLogs } = await import('./otlpCodec.ts');
        const answer = await post({ url, headers: { ...headers, 'content-type': 'application/x-protobuf' }, body: encodeLogs(events, version), signal, ...(ca === undefined ? {} : { ca }) });
        return failureOf(answer) ?? judge(decodeAnswer(answer.body), events);
      } catch (error) {
        return unanswered(error, signal);
      }
    },
    close: () => undefined,
  };
}

/** A collector may take some and refuse others without saying which; a refused record is lost there, so it counts as refused. */
function judge({ rejected, message }: { readonly rejected: number; readonly message: string }, events: readonly ChainedEvent[]): SendResult {
  if (rejected === 0) return { kind: 'accepted' };
  return { kind: 'refused', why: `it refused ${String(rejected)} of ${String(events.length)} records${message === '' ? '' : ` (${message})`}` };
}
