/** Rules about risks, as a setting or a team file writes them. They add or raise; anything else in them is refused. */
import { mysqlRiskRules } from '../sql/mysql/riskRules.data.ts';
import { postgresRiskRules } from '../sql/postgres/riskRules.data.ts';
import { riskSeverities, type RiskPolicy, type RiskRule, type RiskScope, type RiskSeverity } from '../sql/risks.ts';
import { statementClasses, statementTags } from '../sql/verdict.ts';
import { problemError, type ProfileProblem, type ValuePath } from './problem.ts';
import { createReader, isObject, type Reader } from './reader.ts';

export type ParsedRiskPolicy = RiskPolicy & { readonly problems: readonly ProfileProblem[] };

const mostRules = 200;
const builtIn = new Set([...postgresRiskRules, ...mysqlRiskRules].map(({ code }) => code));
/** Words of kinds are free: each dialect has its own. */
const scopeKeys = ['kinds', 'classes', 'tags', 'tables'] as const;
const wordKeys = ['message', 'remedy', 'link'] as const;

/** Pure; anything may come in. A rule with an error is left out, and said; the others count. */
export function parseRiskPolicy(value: unknown, path: ValuePath): ParsedRiskPolicy {
  if (value === undefined || value === null) return { rules: [], raised: [], problems: [] };
  if (!Array.isArray(value)) return failed(problemError(path, 'Rules are written as a list: [ { … }, { … } ].'));
  if (value.length > mostRules) return failed(problemError(path, `There are more than ${String(mostRules)} rules; none of them is loaded.`));
  const parsed = value.map((entry: unknown, index) => parseRule(entry, [...path, index]));
  return {
    rules: parsed.flatMap(({ rule }) => rule ?? []),
    raised: parsed.flatMap(({ raised }) => raised ?? []),
    problems: parsed.flatMap(({ problems }) => problems),
  };
}

type ParsedRule = { readonly rule?: RiskRule; readonly raised?: RiskPolicy['raised'][number]; readonly problems: readonly ProfileProblem[] };

function parseRule(entry: unknown, path: ValuePath): ParsedRule {
  if (!isObject(entry)) return { problems: [problemError(path, 'A rule is an object: { "code": …, "severity": …, "message": …, "remedy": … }.')] };
  const reader = createReader(entry, path);
  const code = reader.text('code', codeProblem);
  const severity = reader.oneOf('severity', riskSeverities);
  const known = ['code', 'severity', ...scopeKeys, ...wordKeys];
  // What is not understood could have been meant to narrow the rule.
  for (const key of Object.keys(entry)) if (!known.includes(key)) reader.fail(key, `“${key}” is not known here, so the rule is not loaded.`);
  if (code === undefined || severity === undefined) return { problems: reader.problems };
  return builtIn.has(code) ? raise(reader, code, severity) : add(reader, entry, { code, severity });
}

function raise(reader: Reader, code: string, severity: RiskSeverity): ParsedRule {
  for (const key of [...scopeKeys, ...wordKeys]) {
    if (reader.has(key)) reader.fail(key, `“${code}” is a rule of Countersign: only its severity can be raised. Use another code for a rule of your own.`);
  }
  return reader.hasErrors() ? { problems: reader.problems } : { raised: { code, severity }, problems: reader.problems };
}

function add(reader: Reader, entry: Readonly<Record<string, unknown>>, head: Pick<RiskRule, 'code' | 'severity'>): ParsedRule {
  const message = reader.text('message', sentenceProblem);
  const remedy = reader.text('remedy', sentenceProblem);
  const link = reader.has('link') ? reader.text('link', linkProblem) : undefined;
  const whereAll = Object.fromEntries(scopeKeys.flatMap((key) => (reader.has(key) ? [[key, list(reader, entry[key], key)]] : []))) as RiskScope;
  if (Object.keys(whereAll).length === 0) reader.fail('code', `Say where the rule applies: ${scopeKeys.join(', ')}.`);
  if (reader.hasErrors() || message === undefined || remedy === undefined) return { problems: reader.problems };
  return { rule: { ...head, message, remedy, ...(link === undefined ? {} : { link }), whereAll }, problems: reader.problems };
}

const allowed: Readonly<Partial<Record<string, readonly string[]>>> = { classes: statementClasses, tags: statementTags };

function list(reader: Reader, value: unknown, key: string): readonly string[] {
  const words = Array.isArray(value) ? value.filter((word): word is string => typeof word === 'string' && word.trim() !== '' && word.length <= longestWord) : [];
  if (words.length === 0 || !Array.isArray(value) || words.length < value.length || words.length > mostRules) reader.fail(key, 'Write a list of words: [ "…", "…" ].');
  const strange = words.find((word) => allowed[key]?.includes(word) === false);
  if (strange !== undefined) reader.fail(key, `“${strange}” is none of: ${allowed[key]?.join(', ') ?? ''}.`);
  return words;
}

const longestWord = 200;
const longestSentence = 400;

function codeProblem(value: unknown): string | undefined {
  return typeof value === 'string' && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/u.test(value) && value.length <= 60 ? undefined : 'A code is written in lower case with hyphens: "no-friday-deletes".';
}

/** Shown as plain text, so nothing in it is a link or a picture. */
function sentenceProblem(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return 'Write a sentence.';
  if (value.length > longestSentence) return `It is longer than ${String(longestSentence)} characters.`;
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(value) ? 'It holds an invisible character or a line break.' : undefined;
}

function linkProblem(value: unknown): string | undefined {
  return typeof value === 'string' && /^https:\/\/[^\s/@]+(\/[^\s]*)?$/u.test(value) && value.length <= longestSentence ? undefined : 'A link begins with https://.';
}

function failed(problem: ProfileProblem): ParsedRiskPolicy {
  return { rules: [], raised: [], problems: [problem] };
}
