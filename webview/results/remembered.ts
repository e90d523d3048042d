/** Where a person was when the view was hidden. */

export type Remembered = { readonly run: number; readonly view: 'results' | 'messages'; readonly result: number; readonly top: number; readonly left: number };

/** What an earlier page kept, or `undefined` when it is not of this shape. */
export function parseRemembered(value: unknown): Remembered | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { run, view, result, top, left } = value as Record<string, unknown>;
  if (!isCount(run) || !isCount(result) || !isCount(top) || !isCount(left)) return undefined;
  return { run, view: view === 'messages' ? 'messages' : 'results', result, top, left };
}

export type Places = {
  of(run: number): Remembered | undefined;
  keep(place: Remembered): void;
};

const mostPlaces = 50;

/** Where a person was in each of the last runs: the view goes back and forth with the documents. */
export function createPlaces(first: Remembered | undefined): Places {
  const places = new Map<number, Remembered>(first === undefined ? [] : [[first.run, first]]);
  return {
    of: (run) => places.get(run),
    keep: (place) => {
      places.delete(place.run);
      places.set(place.run, place);
      const oldest = places.keys().next().value;
      if (places.size > mostPlaces && oldest !== undefined) places.delete(oldest);
    },
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
