/** Reads a stream of server-sent events piece by piece, as browsers do, for clients that must send a token with the call. */

export type StreamEvent = { readonly kind: string; readonly id: string | undefined; readonly data: string };

/** @returns a function that takes the next piece of text and gives the events that it completes */
export function createEventReader(): (piece: string) => readonly StreamEvent[] {
  let rest = '';
  return (piece) => {
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop() ?? '';
    return blocks.flatMap(readBlock);
  };
}

/** Comments keep the line open and say nothing. */
function readBlock(block: string): readonly StreamEvent[] {
  const fields = new Map(block.split('\n').map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]));
  const kind = fields.get('event');
  return kind === undefined ? [] : [{ kind, id: fields.get('id'), data: fields.get('data') ?? '' }];
}
