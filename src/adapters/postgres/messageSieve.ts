/** Follows the framing of the server's messages and takes out rows that are too large to be held. */

const headerBytes = 5;
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
  let header: Buffer | undefined;
  let passing = 0;
  let dropping = 0;
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
        const size = chunk.readUInt32BE(at + 1) + 1;
        if (isRow(chunk[at]) && size > sieve.limit) {
          if (at > from) pass(chunk.subarray(from, at));
          from = at;
          dropping = size;
          dropped(size);
        } else {
          passing = size;
        }
      }
    }
    if (at > from) pass(chunk.subarray(from, at));
  }
}

function isRow(code: number | undefined): boolean {
  return code === dataRow || code === copyData;
}
