/** What is said about a statement, in the order of its hover. Pure. */
import { classWords, riskTitle } from '../../../core/sql/riskWords.ts';
import type { Risk } from '../../../core/sql/risks.ts';
import type { ClassifiedStatement } from '../../../core/sql/verdict.ts';
import type { KnownStatement } from './statements.ts';

export type Explanation = {
  /** The class in words. */
  readonly title: string;
  readonly className: string;
  /** Sentences. Those the risks below say are left out. */
  readonly reasons: readonly string[];
  readonly risks: readonly { readonly severity: Risk['severity']; readonly text: string; readonly remedy: string; readonly link?: string }[];
};

export function explain({ statement, risks }: KnownStatement): Explanation {
  const said = new Set(risks.map(({ message }) => message));
  const reasons = statement.reasons.map(({ message }) => message).filter((message) => !said.has(message));
  return {
    title: classWords[statement.class],
    className: statement.class,
    reasons: [...new Set(reasons)].map(sentence).concat(openQuestion(statement)),
    risks: risks.map(({ severity, message, remedy, link }) => ({ severity, text: sentence(message), remedy: sentence(remedy), ...(link === undefined ? {} : { link }) })),
  };
}

function openQuestion({ calls }: ClassifiedStatement): readonly string[] {
  if (calls?.settledClass !== 'read') return [];
  return ['Before it runs, the server is asked what these names lead to. When none leads to code of users, it is a read.'];
}

export function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/u.test(capital) ? capital : `${capital}.`;
}

/** `no WHERE · bulk export`; `undefined` where there is nothing to shout about. */
export function lensTitle(risks: readonly Risk[]): string | undefined {
  const loud = risks.filter(({ severity }) => severity !== 'low');
  if (loud.length === 0) return undefined;
  const shown = loud.slice(0, 2).map(({ code }) => riskTitle(code));
  return [...shown, ...(loud.length > shown.length ? [`${String(loud.length - shown.length)} more`] : [])].join(' · ');
}
