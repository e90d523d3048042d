/** Follows the framing of a server's stream, wherever it is cut, and takes out the frames that are too large to be held. */

export type Framing = {
  /** Bytes before the content of a frame; they tell its size. */
  readonly headerBytes: number;
  /** Size of the frame whose header begins there, in bytes, the header included. */
  sizeAt(chunk: Buffer, at: number): number;
  /** Asked once for each frame, in order. */
  mustDrop(chunk: Buffer, at: number, size: number): boolean;
  /** What is passed instead of a frame that is dropped, if anything; called before the rest of it has arrived. */
  replaced(chunk: Buffer, at: number, size: number): Buffer | undefined;
};

/**
 * @param pass - gets the bytes to parse, cut anywhere
 * @returns takes the stream, chunk by chunk
 */
export function createFrameSieve({ headerBytes, sizeAt, mustDrop, replaced }: Framing, pass: (bytes: Buffer) => void): (fresh: Buffer) => void {
  let header: Buffer | undefined;
  let passing = 0;
  let dropping = 0;

  return (fresh) => {
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
        const size = sizeAt(chunk, at);
        if (mustDrop(chunk, at, size)) {
          if (at > from) pass(chunk.subarray(from, at));
          from = at;
          const instead = replaced(chunk, at, size);
          if (instead) pass(instead);
          dropping = size;
        } else {
          passing = size;
        }
      }
    }
    if (at > from) pass(chunk.subarray(from, at));
  };
}
