/** Risks of a statement: rules are data, so that diagnostics, review panel, records and policy say the same. */
import { matchesGlob } from '../glob.ts';
import type { ByteSpan, ClassifiedStatement, StatementClass, StatementTag, Target } from './verdict.ts';

/** `high`: think twice; `medium`: may hurt others; `low`: good to know. */
export const riskSeverities = ['low', 'medium', 'high'] as const;
export type RiskSeverity = (typeof riskSeverities)[number];

/** What a rule looks at in a statement. */
export type RiskConditions = {
  /** Codes of reasons; the reason's own message and place are then shown. */
  readonly reasons?: readonly string[];
  readonly tags?: readonly StatementTag[];
  readonly classes?: readonly StatementClass[];
  readonly kinds?: readonly string[];
};

/** Where a rule of a person or a team applies: every condition that is given has to hold, by one of its values. */
export type RiskScope = {
  readonly tags?: readonly StatementTag[];
  readonly classes?: readonly StatementClass[];
  /** Patterns with `*` and `?`: of the statement's kind, of a table it names (`orders`, `audit.*`). */
  readonly kinds?: readonly string[];
  readonly tables?: readonly string[];
};

export type RiskRule = {
  /** Kebab-case, stable: policy and suppressions name it. */
  readonly code: string;
  readonly severity: RiskSeverity;
  /** What it means for the data or for others. A sentence without full stop. */
  readonly message: string;
  /** What to do instead or before. */
  readonly remedy: string;
  /** Where to read more. */
  readonly link?: string;
} & (
  | { /** Any of these makes the rule apply. */ readonly when: RiskConditions }
  | { /** All of these have to hold. */ readonly whereAll: RiskScope }
);

export type Risk = {
  readonly code: string;
  readonly severity: RiskSeverity;
  readonly message: string;
  readonly remedy: string;
  readonly link?: string;
  /** The word it is about; absent when it is the whole statement. */
  readonly span?: ByteSpan;
};

/** The risks of one statement, the worst first; each rule at most once. */
export function findRisks(statement: ClassifiedStatement, rules: readonly RiskRule[]): readonly Risk[] {
  const found = rules.flatMap((rule) => {
    const risk = apply(rule, statement);
    return risk ? [risk] : [];
  });
  return found.toSorted((a, b) => riskSeverities.indexOf(b.severity) - riskSeverities.indexOf(a.severity));
}

function apply(rule: RiskRule, statement: ClassifiedStatement): Risk | undefined {
  const { code, severity, message, remedy, link } = rule;
  const reason = 'when' in rule ? statement.reasons.find((each) => rule.when.reasons?.includes(each.code)) : undefined;
  if (!reason && !('when' in rule ? fits(rule.when, statement) : isInside(rule.whereAll, statement))) return undefined;
  return {
    code,
    severity,
    message: reason?.message ?? message,
    remedy,
    ...(link === undefined ? {} : { link }),
    ...(reason?.span ? { span: reason.span } : {}),
  };
}

function fits({ tags = [], classes = [], kinds = [] }: RiskConditions, statement: ClassifiedStatement): boolean {
  return classes.includes(statement.class) || kinds.includes(statement.kind) || tags.some((tag) => statement.tags.includes(tag));
}

function isInside({ tags, classes, kinds, tables }: RiskScope, statement: ClassifiedStatement): boolean {
  return (
    (classes?.includes(statement.class) ?? true) &&
    (tags?.some((tag) => statement.tags.includes(tag)) ?? true) &&
    (kinds?.some((pattern) => matchesGlob(statement.kind, pattern)) ?? true) &&
    (tables?.some((pattern) => statement.targets.some((target) => namesTable(target, pattern.toLowerCase()))) ?? true)
  );
}

/** A table without a schema may be in any: the search path decides. */
function namesTable({ schema, table }: Target, pattern: string): boolean {
  const name = table.toLowerCase();
  const dot = pattern.lastIndexOf('.');
  if (dot < 0) return matchesGlob(name, pattern);
  return matchesGlob(name, pattern.slice(dot + 1)) && (schema === undefined || matchesGlob(schema.toLowerCase(), pattern.slice(0, dot)));
}

/** What people and teams say about risks: rules of their own, and higher severities for those there are. */
export type RiskPolicy = {
  readonly rules: readonly RiskRule[];
  readonly raised: readonly { readonly code: string; readonly severity: RiskSeverity }[];
};

/** Rules with a policy on top. Nothing in a policy takes a rule away, makes it milder or changes its words. */
export function withPolicy(rules: readonly RiskRule[], { rules: own, raised }: RiskPolicy): readonly RiskRule[] {
  const codes = new Set(rules.map(({ code }) => code));
  return [...rules, ...own.filter(({ code }) => !codes.has(code))].map((rule) =>
    raised.filter(({ code }) => code === rule.code).reduce<RiskRule>((worse, { severity }) => ({ ...worse, severity: moreSevere(worse.severity, severity) }), rule),
  );
}

function moreSevere(a: RiskSeverity, b: RiskSeverity): RiskSeverity {
  return riskSeverities.indexOf(a) < riskSeverities.indexOf(b) ? b : a;
}

/** Rules that mean the same for every dialect, with the page of one that tells more. */
export function withLinks(rules: readonly RiskRule[], links: Readonly<Record<string, string>>): readonly RiskRule[] {
  return rules.map((rule) => ({ ...rule, ...(links[rule.code] === undefined ? {} : { link: links[rule.code] }) }));
}
