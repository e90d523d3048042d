/** `countersign classify`. */

import type { Dialect } from '../core/sql/verdict.ts';
import { createClassifier } from './classifyText.ts';
import type { Classifier } from './classifyText.ts';
import { readInput, readLines } from './input.ts';
import { toJson } from './jsonReport.ts';
import { toText } from './textReport.ts';
import { dialects, readArguments, readChoice, UsageError } from './usage.ts';

const options = { dialect: { type: 'string' }, format: { type: 'string' }, batch: { type: 'boolean' } } as const;

/** @returns the exit code */
export async function classifyCommand(args: readonly string[]): Promise<number> {
  const classifier = createClassifier();
  try {
    return await run(args, classifier);
  } finally {
    await classifier.dispose();
  }
}

async function run(args: readonly string[], classifier: Classifier): Promise<number> {
  const { values, positionals } = readArguments(args, options);
  const dialect = values.dialect === undefined ? undefined : readChoice('dialect', values.dialect, dialects);
  const format = readChoice('format', values.format ?? 'text', ['jsonl', 'text']);
  if (values.batch === true) {
    if (positionals.length > 0) throw new UsageError('--batch reads standard input and takes no file.');
    return classifyLines(classifier, dialect);
  }
  if (dialect === undefined) throw new UsageError('--dialect is missing.');
  if (positionals.length > 1) throw new UsageError('classify takes one file.');
  const { name, text } = await readInput(positionals[0] ?? '-');
  const verdict = await classifier.classify(text, dialect, 'script');
  process.stdout.write(format === 'jsonl' ? `${JSON.stringify(toJson(verdict))}\n` : toText(name, text ?? '', verdict));
  return 0;
}

/** One verdict for each line, in order. A line that is no request is answered as well, and makes the exit code 2. */
async function classifyLines(classifier: Classifier, fallback: Dialect | undefined): Promise<number> {
  let exitCode = 0;
  for await (const line of readLines()) {
    if (line?.trim() === '') continue;
    const request = line === undefined ? 'the line is not UTF-8' : readRequest(line, fallback);
    if (typeof request === 'string') {
      exitCode = 2;
      await write({ id: null, class: 'unknown', statements: [], error: request });
    } else {
      await write({ id: request.id, ...toJson(await classifier.classify(request.sql, request.dialect, 'message')) });
    }
  }
  return exitCode;
}

type Request = { readonly id: unknown; readonly sql: string; readonly dialect: Dialect };

/** @returns the request, or what is wrong with it */
function readRequest(line: string, fallback: Dialect | undefined): Request | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'the line is not JSON';
  }
  if (typeof value !== 'object' || value === null || !('sql' in value) || typeof value.sql !== 'string') return 'the line has no "sql"';
  const wanted = 'dialect' in value ? value.dialect : fallback;
  const dialect = dialects.find((candidate) => candidate === wanted);
  if (dialect === undefined) return `"dialect" is none of ${dialects.join(', ')}`;
  return { id: 'id' in value ? value.id : null, sql: value.sql, dialect };
}

function write(value: unknown): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.write(`${JSON.stringify(value)}\n`)) resolve();
    else process.stdout.once('drain', resolve);
  });
}
