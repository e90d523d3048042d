/** DEFLATE by the platform's compression streams, which browsers and Node have alike. The constructors come in as arguments. */
import type { Bytes } from './bytes.ts';
import { concat } from './bytes.ts';
import type { Deflater } from './blob.ts';

interface Transform {
  readonly readable: { getReader(): { read(): Promise<{ readonly done: boolean; readonly value?: unknown }>; cancel(): Promise<void> } };
  readonly writable: { getWriter(): { write(chunk: Bytes): Promise<void>; close(): Promise<void> } };
}
export interface CompressionPlatform {
  readonly CompressionStream: new (format: 'deflate-raw') => object;
  readonly DecompressionStream: new (format: 'deflate-raw') => object;
}

/** @param platform - `globalThis` of a browser or of Node */
export function createDeflater({ CompressionStream, DecompressionStream }: CompressionPlatform): Deflater {
  return {
    async deflate(bytes) {
      const packed = await through(new CompressionStream('deflate-raw') as Transform, bytes, Number.POSITIVE_INFINITY);
      if (packed === undefined) throw new TypeError('compression has no limit');
      return packed;
    },
    // What is not DEFLATE ends the stream with an error.
    inflate: async (bytes, maxBytes) => await through(new DecompressionStream('deflate-raw') as Transform, bytes, maxBytes).catch(() => undefined),
  };
}

async function through({ readable, writable }: Transform, bytes: Bytes, maxBytes: number): Promise<Bytes | undefined> {
  const writer = writable.getWriter();
  const reader = readable.getReader();
  // The reader sees the same error; this end only must not be left without a listener.
  const written = writer.write(bytes).then(async () => await writer.close()).catch(() => undefined);
  const parts: Bytes[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const part = value as Bytes;
    size += part.length;
    if (size > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    parts.push(part);
  }
  await written;
  return concat(...parts);
}
