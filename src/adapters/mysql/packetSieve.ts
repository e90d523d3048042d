/** Follows the framing of the server's packets and empties rows that are too large to be held. */

const headerBytes = 4;
/** A packet of this size is continued by the next one. */
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
  let header: Buffer | undefined;
  let passing = 0;
  let dropping = 0;
  let rowBytes = 0;
  let isDropping = false;
  const sieve = { limit, push };
  return sieve;

  function push(fresh: Buffer): void {
    const chunk = header ? Buffer.concat([header, fresh]) : fresh;
    header = undefined;
    let at = 0;
    let from = 0;
    while (at < chunk.length) {
      const left = chunk.length - at;
      if (dropping > 0) {
        const step = Math.min(dropping, left);
        dropping -= step;
        at += step;
        from = at;
      } else if (passing > 0) {
        const step = Math.min(passing, left);
        passing -= step;
        at += step;
      } else if (left < headerBytes) {
        // A copy: the chunk belongs to the stream, and the rest of the header comes with a later one.
        header = Buffer.from(chunk.subarray(at));
        break;
      } else {
        const size = chunk.readUIntLE(at, 3);
        if (mustDrop(size)) {
          if (at > from) pass(chunk.subarray(from, at));
          if (!isDropping) dropped();
          isDropping = size === fullPacket;
          pass(Buffer.from([0, 0, 0, chunk.readUInt8(at + 3)]));
          at += headerBytes;
          from = at;
          dropping = size;
        } else {
          passing = headerBytes + size;
        }
      }
    }
    if (at > from) pass(chunk.subarray(from, at));
  }

  function mustDrop(size: number): boolean {
    rowBytes += size;
    const tooLarge = isDropping || rowBytes > sieve.limit;
    if (size < fullPacket) rowBytes = 0;
    return tooLarge;
  }
}
