/** Effects that were approved, and what was measured when it came to running them. */
import { b64u } from '../../../src/core/approval/bytes.ts';

type Table = { name: string; ins: number; upd: number; del: number };

export function effectVectors(): object {
  const [rows, otherRows] = [b64u(new Uint8Array(32)), b64u(new Uint8Array(32).fill(1))];
  const table = (name: string, ins: number, upd: number, del: number): Table => ({ name, ins, upd, del });
  const orders = table('public.orders', 0, 3, 0);
  const effect = (tables: readonly Table[], hash: string | null = rows, complete = true): object => ({ tables, rows: hash, count: tables.reduce((sum, { ins, upd, del }) => sum + ins + upd + del, 0), complete });
  const approved = effect([orders]);
  const row = (name: string, measured: object, [exact, counts, atMost]: readonly string[], from = approved): object => ({ name, approved: from, measured, exact, counts, atMost });
  return {
    cases: [
      row('nothing changed', effect([orders]), ['same', 'same', 'same']),
      row('same counts, other rows', effect([orders], otherRows), ['drifted', 'same', 'same']),
      row('grew', effect([table('public.orders', 0, 4, 0)], otherRows), ['drifted', 'drifted', 'drifted']),
      row('shrank', effect([table('public.orders', 0, 2, 0)], otherRows), ['drifted', 'drifted', 'same']),
      row('nothing left to do', effect([], otherRows), ['drifted', 'drifted', 'same']),
      row('another table as well', effect([orders, table('public.items', 0, 0, 1)], otherRows), ['drifted', 'drifted', 'drifted']),
      row('another operation', effect([table('public.orders', 0, 0, 3)], otherRows), ['drifted', 'drifted', 'drifted']),
      row('other order of tables', effect([orders, table('public.items', 1, 0, 0)]), ['same', 'same', 'same'], effect([table('public.items', 1, 0, 0), orders])),
      row('a table that is named twice is added up', effect([table('public.orders', 0, 1, 0), table('public.orders', 0, 2, 0)]), ['same', 'same', 'same']),
      row('rows could be hashed then and not now', effect([orders], null), ['drifted', 'same', 'same']),
      row('only counts were approved', effect([orders], otherRows), ['same', 'same', 'same'], effect([orders], null, false)),
      row('less could be measured than then', effect([orders], rows, false), ['drifted', 'same', 'same']),
    ],
  };
}
