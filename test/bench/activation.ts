/** Starting up in a real editor, beside an extension that does nothing and one that only announces as much, in the same extension host. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { root } from '../../scripts/lib/paths.mjs';
import { startEditor } from '../support/editor.ts';

type Add = (what: string, ours: number, baseline: number, unit: string) => void;
type Figure = { readonly id: string; readonly ms: number; readonly cpuMs: number };

const ours = 'countersign.countersign';
const empty = 'countersign-tests.bench-empty';
const registering = 'countersign-tests.bench-registering';
const starts = 9;

export async function activationFigures(add: Add): Promise<void> {
  const { figures, stop } = await startWindows();
  const median = (id: string, value: (figure: Figure) => number): number => middle(figures.filter((figure) => figure.id === id).map(value));
  for (const [name, baseline] of [['an empty extension', empty], ['one that only registers as much', registering]] as const) {
    add(`activation against ${name}, processor time`, median(ours, ({ cpuMs }) => cpuMs), median(baseline, ({ cpuMs }) => cpuMs), 'ms');
    add(`activation against ${name}, as Running Extensions counts`, median(ours, ({ ms }) => ms), median(baseline, ({ ms }) => ms), 'ms');
  }
  await stop();
}

/** Each load of the window is a new extension host. */
async function startWindows(): Promise<{ figures: readonly Figure[]; stop: () => Promise<void> }> {
  const figures: Figure[] = [];
  const collector = createServer((request, response) => {
    void json(request).then((sent) => {
      figures.push(...(sent as Figure[]));
      response.end();
      collector.emit('measured');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const url = `http://127.0.0.1:${String((collector.address() as AddressInfo).port)}/`;
  const folders = ['driver', 'empty', 'registering'].map((name) => path.join(import.meta.dirname, 'extensions', name));
  const first = once(collector, 'measured');
  const editor = await startEditor({ extensions: [root, ...folders], env: { COUNTERSIGN_BENCH: url, COUNTERSIGN_BENCH_EXTENSIONS: JSON.stringify([ours, empty, registering]) } });
  editor.context.setDefaultTimeout(120_000);
  await first;
  // The first window has the editor's own first time in it.
  figures.length = 0;
  for (let start = 0; start < starts; start += 1) {
    const measured = once(collector, 'measured');
    await editor.page.reload();
    await measured;
  }
  return {
    figures,
    async stop() {
      await editor.stop();
      collector.closeAllConnections();
      collector.close();
    },
  };
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
