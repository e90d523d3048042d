/** How the columns of a result are shown. Where nothing proves what a value is, it counts as the worst it can be. Pure. */
import type { Column } from '../effect/preview.ts';
import type { ClassifiedStatement, Dialect } from '../sql/verdict.ts';
import { kindOfType } from './columnWords.ts';
import type { ColumnOrigin, Lineage } from './lineage.ts';
import { explicitScreenStrategy, screenStrategy, strictest, type ScreenRules } from './screenRules.ts';
import { stricter, type Strategy } from './strategy.ts';

export type MaskedResult = {
  readonly statement: Pick<ClassifiedStatement, 'kind' | 'class' | 'text'>;
  readonly dialect: Dialect;
  readonly columns: readonly Column[];
  readonly lineage: Lineage | undefined;
};

/** These tell about the server and about the text, not about rows. */
const withoutRows: ReadonlySet<string> = new Set(['explain', 'show', 'describe', 'help']);

export function screenMasks(rules: ScreenRules, result: MaskedResult): readonly Strategy[] {
  const { statement, columns, lineage } = result;
  if (withoutRows.has(statement.kind)) return columns.map(() => 'show');
  const suspects = suspectsOf(rules, result);
  return columns.map((column, position) => columnStrategy(rules, { column, origin: lineage?.origins[position], suspects, dialect: result.dialect }));
}

/** Kinds of values a computed one may be made of and must not show; `all` when anything may be behind it. */
type Suspects = 'all' | { readonly kinds: ReadonlySet<string>; /** A text may have been made a number or a time of. */ readonly converts: boolean };

function suspectsOf(rules: ScreenRules, { statement, lineage, dialect }: MaskedResult): Suspects {
  const sources = lineage?.sources ?? 'unknown';
  // Of what is no certain read, not all tables may be known.
  if (sources === 'unknown' || statement.class !== 'read' || readsByText.test(statement.text)) return 'all';
  const masked = sources.filter(({ table, column }) => screenStrategy(rules, table, column) !== 'show');
  return { kinds: new Set(masked.map(({ column }) => kindOfType(column.type))), converts: converts.test(statement.text) || (dialect !== 'postgresql' && operatorsOnTexts.test(statement.text)) };
}

type Question = { readonly column: Column; readonly origin: ColumnOrigin | undefined; readonly suspects: Suspects; readonly dialect: Dialect };

function columnStrategy(rules: ScreenRules, question: Question): Strategy {
  const { column, origin, suspects, dialect } = question;
  const byNames = (origin?.names ?? []).map((name) => screenStrategy(rules, name.table, name.column));
  if (origin?.kind === 'stored') return strictest(byNames);
  const [own] = origin?.names ?? [];
  const said = own && explicitScreenStrategy(rules, own.table, own.column);
  if (said !== undefined) return said;
  const byName = stricter(strictest(byNames), screenStrategy(rules, nowhere, column));
  return isSuspect(column, suspects, dialect) ? stricter(byName, 'hide') : byName;
}

const nowhere = { schema: '', table: '' };

function isSuspect({ type }: Column, suspects: Suspects, dialect: Dialect): boolean {
  const kind = kindOfType(type);
  if (kind === 'boolean') return false;
  if (suspects === 'all') return true;
  if (suspects.kinds.size === 0) return false;
  if (kind === 'text' || suspects.kinds.has(kind) || suspects.converts) return true;
  // Arithmetic with texts gives these on MySQL and MariaDB; counts and sums of numbers are of other types.
  return dialect !== 'postgresql' && /^(?:double|float)/iu.test(type);
}

/** Functions that are told by a text what to read, and catalogues that hold values of other tables. */
const readsByText = /\b(?:\w*_to_xml\w*|ts_stat|dblink\w*|crosstab\w*|connectby|pg_stats\w*|pg_statistic\w*|pg_stat_activity|pg_stat_statements|column_stats\w*|processlist|column_statistics|innodb_\w+|events_statements_\w+)\b/iu;

/** How a text or a time becomes a number or another time, where the server does not do so by itself. */
const converts =
  /::|\b(?:cast|convert|to_number|to_date|to_timestamp|str_to_date|ascii|ord|unicode|conv|hex|bin|json\w*|xml\w*|make_date|crc32|hashtext\w*|bit_\w+|extract|date_part|age|year|month|day|dayofyear|datediff|timestampdiff|unix_timestamp|to_days|to_seconds)\b/iu;
/** These do, where texts count as numbers. */
const operatorsOnTexts = /\bdiv\b|<<|>>|[&~^]|(?<!\|)\|(?!\|)/iu;
