/**
 * Worker thread that reads SQL. A text that makes it run forever, out of memory or into a trap takes this thread down,
 * never the editor. Bundled as a file of its own, with `libpg-query.wasm` beside it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { loadModule } from 'libpg-query';
import { classifyMysql } from '../../core/sql/mysql/classifyMysql.ts';
import type { Dialect, ScriptVerdict } from '../../core/sql/verdict.ts';
import { placeOfCondition } from './conditionPlace.ts';
import type { ParserReply, ParserRequest, ParserSetup } from './parserProtocol.ts';
import { parsePreview, parseVerdict } from './parseVerdict.ts';

const port = parentPort;
if (!port) throw new TypeError('this file is the entry of a worker thread');

/** Nobody reviews more in one go, and the memory for them would keep the other side busy. */
const maxStatements = 20_000;
/** Taking over this many takes well under a millisecond. */
const statementsInPart = 100;

const reply = (message: ParserReply) => {
  port.postMessage(message);
};

// Not awaited at top level: the bundle is CommonJS. A grammar that cannot be loaded ends the thread with an error.
void load(workerData as ParserSetup).then(() => {
  port.on('message', (request: ParserRequest) => {
    answer(request).catch((thrown: unknown) => {
      reply({ kind: 'trap', message: thrown instanceof Error ? thrown.message : String(thrown) });
    });
  });
  reply({ kind: 'ready' });
});

async function load({ loadsGrammar }: ParserSetup): Promise<void> {
  if (loadsGrammar) await loadModule();
}

async function answer(request: ParserRequest): Promise<void> {
  switch (request.kind) {
    case 'analyse':
      current = { verdict: await classify(request.text, request.dialect), sent: 0 };
      replyPart(current);
      break;
    case 'more':
      if (current) replyPart(current);
      break;
    case 'preview': {
      const preview = parsePreview(request.text);
      reply(preview ? { kind: 'preview', preview } : { kind: 'preview' });
      break;
    }
    case 'condition': {
      const place = await placeOfCondition(request.text);
      reply(place ? { kind: 'condition', place } : { kind: 'condition' });
    }
  }
}

async function classify(text: string, dialect: Dialect): Promise<ScriptVerdict> {
  const verdict = dialect === 'postgresql' ? await parseVerdict(text) : classifyMysql(text, dialect);
  if (verdict.statements.length <= maxStatements) return verdict;
  return { dialect, class: 'unknown', statements: [], error: { message: `it has ${verdict.statements.length.toLocaleString('en')} statements; more than ${maxStatements.toLocaleString('en')} are too many at once` } };
}

type Sending = { readonly verdict: ScriptVerdict; sent: number };
let current: Sending | undefined;

function replyPart(sending: Sending): void {
  const { verdict, sent } = sending;
  const statements = verdict.statements.slice(sent, sent + statementsInPart);
  sending.sent += statements.length;
  const isLast = sending.sent === verdict.statements.length;
  if (isLast) current = undefined;
  reply(isLast ? { kind: 'verdict', verdict: { ...verdict, statements } } : { kind: 'part', statements });
}
