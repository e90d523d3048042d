/**
 * Worker thread that holds PostgreSQL's grammar. A text that makes it run forever, out of memory or into a trap takes this
 * thread down, never the editor. Bundled as a file of its own, with `libpg-query.wasm` beside it.
 */
import { parentPort } from 'node:worker_threads';
import { loadModule } from 'libpg-query';
import type { ParserReply, ParserRequest } from './parserProtocol.ts';
import { parsePreview, parseVerdict } from './parseVerdict.ts';

const port = parentPort;
if (!port) throw new TypeError('this file is the entry of a worker thread');

const reply = (message: ParserReply) => {
  port.postMessage(message);
};

// Not awaited at top level: the bundle is CommonJS. A grammar that cannot be loaded ends the thread with an error.
void loadModule().then(() => {
  port.on('message', (request: ParserRequest) => {
    answer(request).then(reply, (thrown: unknown) => {
      reply({ kind: 'trap', message: thrown instanceof Error ? thrown.message : String(thrown) });
    });
  });
  reply({ kind: 'ready' });
});

async function answer({ kind, text }: ParserRequest): Promise<ParserReply> {
  if (kind === 'analyse') return { kind: 'verdict', verdict: await parseVerdict(text) };
  const preview = parsePreview(text);
  return preview ? { kind: 'preview', preview } : { kind: 'preview' };
}
