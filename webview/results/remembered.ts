/** Where a person was when the view was hidden. */

export type Remembered = { readonly run: number; readonly view: 'results' | 'messages'; readonly result: number; readonly top: number; readonly left: number };

/** What an earlier page kept, or `undefined` when it is not of this shape. */
export function parseRemembered(value: unknown): Remembered | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { run, view, result, top, left } = value as Record<string, unknown>;
  if (!isCount(run) || !isCount(result) || !isCount(top) || !isCount(left)) return undefined;
  return { run, view: view === 'messages' ? 'messages' : 'results', result, top, left };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
