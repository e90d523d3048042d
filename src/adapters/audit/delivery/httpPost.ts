/** One call, a POST unless it says otherwise. Over Node's own client, which the editor routes through the person's proxy and certificates. */
import http from 'node:http';
import https from 'node:https';

export type Post = {
  readonly method?: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string;
  readonly signal: AbortSignal;
  /** Bytes of the longest answer that is read. */
  readonly longestAnswer?: number;
};

export type Answer = { readonly status: number; readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>; readonly body: Uint8Array };

/** Most of what we ask for has no longer answer. */
const usualAnswer = 256 * 1024;

/** Never follows a redirect: records go where the person said, or nowhere. Rejects when there is no whole answer. */
export async function post({ method = 'POST', url, headers, body, ca, signal, longestAnswer = usualAnswer }: Post): Promise<Answer> {
  const { request } = url.protocol === 'https:' ? https : http;
  return await new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: { ...headers, ...(method === 'POST' ? { 'content-length': String(body.length) } : {}) }, signal, ...(ca === undefined ? {} : { ca }) }, (response) => {
      const chunks: Uint8Array[] = [];
      let size = 0;
      response.on('data', (chunk: Uint8Array) => {
        size += chunk.length;
        if (size > longestAnswer) response.destroy(new Error('its answer is too long'));
        else chunks.push(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }));
      response.on('error', reject);
      response.on('aborted', () => reject(new Error('the connection was closed within its answer')));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
