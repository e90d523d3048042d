/** What a server says about a statement, without the values it quotes. Pure. */
import { hidden } from './strategy.ts';

/** Words in front of a quoted name: what follows them is no value. */
const namesThing =
  /\b(?:relation|table|view|column|field|constraint|index|key|schema|database|function|procedure|operator|type|role|user|sequence|trigger|policy|extension|language|parameter|setting|variable|clause|alias|prepared statement|cursor|partition|tablespace|server|keyword|near)s?[\s:]*$/iu;
const quoted = /(?<![\p{L}\p{N}])(?:'(?<single>(?:[^']|'')*)'|"(?<double>(?:[^"]|"")*)"|`(?<tick>[^`]*)`)(?![\p{L}\p{N}])/gu;
/** `Key (email)=(a@b)`, `Failing row contains (1, a@b)`. */
const listed = /(?<before>=|contains )\((?<values>.*)\)(?=[\s.,;]|$)/gsu;

/**
 * Quoted names and what the person wrote stay; everything else in quotes is hidden.
 *
 * @param written - the text of the person
 */
export function maskServerText(text: string, written: string): string {
  const known = written.toLowerCase();
  const keeps = (value: string): boolean => value !== '' && known.includes(value.toLowerCase());
  return text
    .replaceAll(listed, (whole: string, before: string, values: string) => (keeps(values) ? whole : `${before}(${hidden})`))
    .replaceAll(quoted, (whole: string, ...rest: unknown[]) => {
      const { single, double, tick } = rest.at(-1) as Partial<Record<'single' | 'double' | 'tick', string>>;
      const offset = rest.at(-3) as number;
      if (tick !== undefined || namesThing.test(text.slice(Math.max(0, offset - 40), offset)) || keeps(single ?? double ?? '')) return whole;
      const mark = whole.charAt(0);
      return `${mark}${hidden}${mark}`;
    });
}
