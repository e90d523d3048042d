/** How one value is replaced before it leaves this machine. Pure; NULL is never asked about: that nothing is there is no value. */
import { unreachable } from '../unreachable.ts';

/**
 * From the most to the least that is told. `show`: the value itself. `partial`: enough to recognise one that is known already. `shape`:
 * kinds of characters, and how many. `pseudonym`: which values are equal, within one request. `hide`: that there is a value.
 */
export const strategies = ['show', 'partial', 'shape', 'pseudonym', 'hide'] as const;
export type Strategy = (typeof strategies)[number];

/** What stands for a value of which nothing is told. */
export const hidden = '•••';

export function stricter(a: Strategy, b: Strategy): Strategy {
  return strategies.indexOf(a) > strategies.indexOf(b) ? a : b;
}

export type ValueMask = {
  readonly strategy: Strategy;
  /** A value that names the row stays apart from others, so that the reviewer can say which row. */
  readonly isKey: boolean;
};

/** @param pseudonym - of this value, see `pseudonyms.ts` */
export function maskValue(value: string, { strategy, isKey }: ValueMask, pseudonym: string): string {
  switch (strategy) {
    case 'show':
      return value;
    case 'partial':
      return isKey ? `${partOf(value)} ${pseudonym}` : partOf(value);
    case 'shape':
      return isKey ? pseudonym : shapeOf(value);
    case 'pseudonym':
      return pseudonym;
    case 'hide':
      return isKey ? pseudonym : hidden;
    default:
      return unreachable(strategy);
  }
}

const most = 64;

/** `Xxx-00`: upper case, other letters, digits; ASCII punctuation and spaces stay. */
function shapeOf(value: string): string {
  const shape = value.slice(0, most).toWellFormed().replaceAll(/[^\p{P}\p{S} ]|[^ -~]/gu, (character) => (/\p{Lu}/u.test(character) ? 'X' : /\p{L}/u.test(character) ? 'x' : /\p{N}/u.test(character) ? '0' : '·'));
  return withoutValue(value.length > most ? `${shape}…` : shape, value);
}

/** `a…@e….com`, `•••• •••• 1234`, or the first character. */
function partOf(value: string): string {
  const email = /^(?<local>[^\s@]+)@(?<domain>[^\s@]+)\.(?<top>[^\s@.]+)$/u.exec(value.slice(0, 500))?.groups;
  if (email && value.length <= 500) {
    const { local = '', domain = '', top = '' } = email;
    return withoutValue(`${initial(local)}@${initial(domain)}.${/^[a-z]{2,6}$/iu.test(top) ? top : '…'}`, value);
  }
  return withoutValue(isNumber(value) ? lastOf(value) : initial(value), value);
}

/** Of a short text the first character is too much of it. */
function initial(text: string): string {
  const [first = ''] = text.toWellFormed();
  return text.length < 4 ? '…' : `${first}…`;
}

/** A number as people write it: of a card, an account, a telephone. */
function isNumber(value: string): boolean {
  if (value.length > most || !/^[A-Z\d\s().+/-]+$/iu.test(value)) return false;
  const digits = value.replaceAll(/\D/gu, '').length;
  return digits >= 6 && digits * 3 >= alphanumerics(value);
}

function lastOf(value: string): string {
  let left = alphanumerics(value);
  const kept = left >= 9 ? 4 : 2;
  return value.replaceAll(/[A-Z\d]/giu, (character) => {
    left -= 1;
    return left < kept ? character : '•';
  });
}

function alphanumerics(value: string): number {
  return value.replaceAll(/[^A-Z\d]/giu, '').length;
}

/** A value that is its own shape is still not told. */
function withoutValue(masked: string, value: string): string {
  return masked.includes(value) ? hidden : masked;
}
