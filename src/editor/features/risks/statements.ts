/** The statements of a document and what is known of each. Every statement is looked at alone, so that one half-written hides no other. */
import type { SqlAnalyser } from '../../../app/ports.ts';
import { createByteMap } from '../../../core/sql/bytes.ts';
import { splitText } from '../../../core/sql/splitText.ts';
import { findRisks, type Risk, type RiskRule } from '../../../core/sql/risks.ts';
import type { ClassifiedStatement, Dialect } from '../../../core/sql/verdict.ts';

/** UTF-16 offsets in the document, half-open. */
export type Place = { readonly start: number; readonly end: number };

export type PlacedRisk = Risk & Place;

export type KnownStatement = Place & {
  /** Its spans count from its own beginning. */
  readonly statement: ClassifiedStatement;
  /** The word it begins with. */
  readonly verb: Place;
  readonly risks: readonly PlacedRisk[];
};

export interface StatementReader {
  /** Those that the parser understands. Never rejects. */
  read(text: string, dialect: Dialect, rules: readonly RiskRule[]): Promise<readonly KnownStatement[]>;
}

/** More than anybody looks at; a dump is one file with thousands. */
export const mostStatements = 300;
/** Texts remembered, so that a key asks about one statement and not about all. */
const mostKept = 1000;

export function createStatementReader(analyser: Pick<SqlAnalyser, 'analyse'>): StatementReader {
  const kept = new Map<string, Promise<ClassifiedStatement | undefined>>();
  const ask = async (text: string, dialect: Dialect): Promise<ClassifiedStatement | undefined> => {
    const { statements, error } = await analyser.analyse(text, dialect);
    return error || statements.length !== 1 ? undefined : statements[0];
  };
  const classified = async (text: string, dialect: Dialect): Promise<ClassifiedStatement | undefined> => {
    const key = `${dialect}\n${text}`;
    const known = kept.get(key) ?? ask(text, dialect);
    // The one asked for last goes last.
    kept.delete(key);
    kept.set(key, known);
    for (const oldest of kept.keys()) {
      if (kept.size <= mostKept) break;
      kept.delete(oldest);
    }
    return await known;
  };
  return {
    async read(text, dialect, rules) {
      const places = splitText(text, dialect);
      if (places.length > mostStatements) return [];
      const found = await Promise.all(places.map(async (place) => ({ place, statement: await classified(text.slice(place.start, place.end), dialect) })));
      return found.flatMap(({ place, statement }) => (statement ? [placed(place, statement, rules)] : []));
    },
  };
}

function placed({ start, end }: Place, statement: ClassifiedStatement, rules: readonly RiskRule[]): KnownStatement {
  const bytes = createByteMap(statement.text);
  const verb = { start, end: start + (/^\w+/u.exec(statement.text)?.[0].length ?? 1) };
  const risks = findRisks(statement, rules).map((risk): PlacedRisk => ({
    ...risk,
    ...(risk.span ? { start: start + bytes.toIndex(risk.span.start), end: start + bytes.toIndex(risk.span.end) } : verb),
  }));
  return { start, end, statement, verb, risks };
}

/** The statement at a place; just behind its last character is still in it. */
export function knownAt(statements: readonly KnownStatement[], offset: number): KnownStatement | undefined {
  return statements.find(({ start, end }) => offset >= start && offset <= end);
}
