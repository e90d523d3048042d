/** `countersign check`: finds what should not run without a second look. */

import { statementClasses, statementTags } from '../core/sql/verdict.ts';
import type { ByteSpan, ClassifiedStatement, Dialect, ScriptVerdict, StatementClass, StatementTag } from '../core/sql/verdict.ts';
import { createClassifier } from './classifyText.ts';
import type { Classifier } from './classifyText.ts';
import { toGithub } from './githubReport.ts';
import { expandNames, readInput } from './input.ts';
import { toSarif } from './sarifReport.ts';
import { createPlaces } from './places.ts';
import type { Places } from './places.ts';
import { toCheckText } from './checkReport.ts';
import { dialects, readArguments, readChoice, UsageError } from './usage.ts';

/** A statement that fails the check, or a text nobody could read; `span` is where. */
export type Problem = { readonly statement: ClassifiedStatement | undefined; readonly message: string; readonly span: ByteSpan };

/** One file and what is wrong with it. */
export type CheckedFile = { readonly name: string; readonly verdict: ScriptVerdict; readonly places: Places; readonly problems: readonly Problem[] };

type Condition = StatementClass | StatementTag;

const options = { dialect: { type: 'string' }, format: { type: 'string' }, 'fail-on': { type: 'string' } } as const;

/** @returns the exit code */
export async function checkCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, options);
  const fallback = readChoice('dialect', values.dialect ?? 'postgresql', dialects);
  const format = readChoice('format', values.format ?? 'text', ['text', 'sarif', 'github']);
  const conditions = readConditions(values['fail-on'] ?? 'destructive,unknown');
  if (positionals.length === 0) throw new UsageError('check needs a file.');
  const files = await checkFiles(await expandNames(positionals), fallback, conditions);
  process.stdout.write(format === 'sarif' ? toSarif(files) : format === 'github' ? toGithub(files) : toCheckText(files));
  for (const file of files) if (file.verdict.error && file.problems.length === 0) process.stderr.write(noteUnread(file));
  return files.some(({ problems }) => problems.length > 0) ? 1 : 0;
}

/** A text that nobody could read does not fail a check for other classes, but it was not checked either. */
function noteUnread({ name, places, verdict: { error } }: CheckedFile): string {
  const { line, column } = places.at(error?.offset ?? 0);
  return `${name}:${line}:${column}: not checked: ${error?.message ?? ''}\n`;
}

async function checkFiles(names: readonly string[], fallback: Dialect, conditions: ReadonlySet<Condition>): Promise<readonly CheckedFile[]> {
  const classifier = createClassifier();
  const files: CheckedFile[] = [];
  try {
    for (const name of names) files.push(await checkFile({ name, classifier, fallback, conditions }));
  } finally {
    await classifier.dispose();
  }
  return files;
}

function readConditions(list: string): ReadonlySet<Condition> {
  const known: readonly Condition[] = [...statementClasses, ...statementTags];
  return new Set(list.split(',').map((word) => readChoice('fail-on', word.trim(), known)));
}

type Task = { readonly name: string; readonly classifier: Classifier; readonly fallback: Dialect; readonly conditions: ReadonlySet<Condition> };

async function checkFile({ name: file, classifier, fallback, conditions }: Task): Promise<CheckedFile> {
  const { name, text } = await readInput(file);
  const verdict = await classifier.classify(text, dialectIn(text ?? '') ?? fallback, 'script');
  return { name, verdict, places: createPlaces(text ?? ''), problems: problemsIn(verdict, conditions) };
}

/** `-- countersign: dialect=mysql` among the first lines. */
function dialectIn(text: string): Dialect | undefined {
  const written = /^\s*--\s*countersign:\s*dialect=(\w+)\s*$/m.exec(text.slice(0, 2000))?.[1];
  return dialects.find((dialect) => dialect === written);
}

function problemsIn(verdict: ScriptVerdict, conditions: ReadonlySet<Condition>): readonly Problem[] {
  const failing = verdict.statements.filter((statement) => conditions.has(statement.class) || statement.tags.some((tag) => conditions.has(tag)));
  const problems = failing.map((statement): Problem => ({ statement, message: describe(statement), span: { start: statement.start, end: statement.end } }));
  if (problems.length === 0 && conditions.has(verdict.class)) {
    const offset = verdict.error?.offset ?? 0;
    return [{ statement: undefined, message: verdict.error?.message ?? 'The text cannot be checked', span: { start: offset, end: offset } }];
  }
  return problems;
}

/** The reasons that make it what it is. */
function describe(statement: ClassifiedStatement): string {
  const messages = statement.reasons.map(({ message }) => message);
  return `${statement.class}: ${messages.length === 0 ? statement.kind : messages.join('; ')}`;
}
