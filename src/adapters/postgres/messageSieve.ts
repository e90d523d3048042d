/** Takes rows out of the server's messages that are too large to be held. */
import { createFrameSieve } from '../frameSieve.ts';

const dataRow = 0x44;
const copyData = 0x64;

export type MessageSieve = {
  /** Largest row in bytes that passes. */
  limit: number;
  push(chunk: Buffer): void;
};

/**
 * @param limit - largest DataRow or CopyData message in bytes that passes; every other message always passes
 * @param pass - gets the bytes to parse, cut anywhere
 * @param dropped - gets the size of each message that was taken out, as soon as its header is read
 */
export function createMessageSieve(limit: number, pass: (bytes: Buffer) => void, dropped: (bytes: number) => void): MessageSieve {
  const push = createFrameSieve(
    {
      headerBytes: 5,
      // The length counts itself, and not the kind before it.
      sizeAt: (chunk, at) => chunk.readUInt32BE(at + 1) + 1,
      mustDrop: (chunk, at, size) => isRow(chunk[at]) && size > sieve.limit,
      replaced(_, __, size) {
        dropped(size);
        return undefined;
      },
    },
    pass,
  );
  const sieve = { limit, push };
  return sieve;
}

function isRow(code: number | undefined): boolean {
  return code === dataRow || code === copyData;
}
