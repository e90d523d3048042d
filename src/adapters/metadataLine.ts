/** The line beside a session's own. It holds no state of the person's, so a lost one is quietly opened again. */
/** What it needs to know of a line. */
type AnyLine = { readonly isLost: boolean; close(): Promise<void> };

export interface MetadataLine<Line extends AnyLine> {
  /** `undefined` when there is none and none can be opened. Never rejects. */
  line(): Promise<Line | undefined>;
  close(): void;
}

export function createMetadataLine<Line extends AnyLine>(first: Line, reopen: () => Promise<Line | undefined>): MetadataLine<Line> {
  let current: Promise<Line | undefined> = Promise.resolve(first);
  let closed = false;
  return {
    async line() {
      const line = await current;
      if (closed) return undefined;
      if (line && !line.isLost) return line;
      current = reopen();
      return await current;
    },
    close() {
      closed = true;
      void current.then((line) => line?.close());
    },
  };
}
