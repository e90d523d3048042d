/** Risks of a statement: rules are data, so that diagnostics, review panel, records and policy say the same. */
import type { ByteSpan, ClassifiedStatement, StatementClass, StatementTag } from './verdict.ts';

/** `high`: think twice; `medium`: may hurt others; `low`: good to know. */
export const riskSeverities = ['low', 'medium', 'high'] as const;
export type RiskSeverity = (typeof riskSeverities)[number];

export type RiskRule = {
  /** Kebab-case, stable: policy and suppressions name it. */
  readonly code: string;
  readonly severity: RiskSeverity;
  /** Any of these makes the rule apply. */
  readonly when: {
    /** Codes of reasons; the reason's own message and place are then shown. */
    readonly reasons?: readonly string[];
    readonly tags?: readonly StatementTag[];
    readonly classes?: readonly StatementClass[];
    readonly kinds?: readonly string[];
  };
  /** What it means for the data or for others. A sentence without full stop. */
  readonly message: string;
  /** What to do instead or before. */
  readonly remedy: string;
  /** Where to read more. */
  readonly link?: string;
};

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
  const { code, severity, when, message, remedy, link } = rule;
  const reason = statement.reasons.find((each) => when.reasons?.includes(each.code));
  if (!reason && !fits(when, statement)) return undefined;
  return {
    code,
    severity,
    message: reason?.message ?? message,
    remedy,
    ...(link === undefined ? {} : { link }),
    ...(reason?.span ? { span: reason.span } : {}),
  };
}

function fits({ tags = [], classes = [], kinds = [] }: RiskRule['when'], statement: ClassifiedStatement): boolean {
  return classes.includes(statement.class) || kinds.includes(statement.kind) || tags.some((tag) => statement.tags.includes(tag));
}
