/** Empties rows in the server's packets that are too large to be held. */
import { createFrameSieve } from '../frameSieve.ts';

const headerBytes = 4;
/** A packet with so much content is continued by the next one. */
const fullPacket = 0xffffff;

export type PacketSieve = {
  /** Largest row in bytes that passes. */
  limit: number;
  push(chunk: Buffer): void;
};

/**
 * What is too large is replaced by packets without content, one for each, so that their numbering stays whole.
 *
 * @param limit - largest row in bytes that passes; it must be larger than every packet that is not a row
 * @param pass - gets the bytes to parse, cut anywhere
 * @param dropped - called before the first emptied packet of a row is passed: the row it completes is not one
 */
export function createPacketSieve(limit: number, pass: (bytes: Buffer) => void, dropped: () => void): PacketSieve {
  let rowBytes = 0;
  let isDropping = false;
  const push = createFrameSieve(
    {
      headerBytes,
      sizeAt: (chunk, at) => headerBytes + chunk.readUIntLE(at, 3),
      mustDrop(_, __, size) {
        const content = size - headerBytes;
        rowBytes += content;
        const isTooLarge = isDropping || rowBytes > sieve.limit;
        if (content < fullPacket) rowBytes = 0;
        return isTooLarge;
      },
      replaced(chunk, at, size) {
        if (!isDropping) dropped();
        isDropping = size - headerBytes === fullPacket;
        return Buffer.from([0, 0, 0, chunk.readUInt8(at + 3)]);
      },
    },
    pass,
  );
  const sieve = { limit, push };
  return sieve;
}
