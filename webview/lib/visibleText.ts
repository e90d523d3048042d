/** Makes characters that cannot be seen, or that reorder what is seen, visible. */

export type TextPart =
  | { readonly kind: 'plain'; readonly text: string }
  /** `text` stands for the character; `name` says which one it is. */
  | { readonly kind: 'mark'; readonly text: string; readonly name: string }
  /** White space at an edge of a value, where it would not be noticed. */
  | { readonly kind: 'space'; readonly text: string };

/**
 * Controls, format characters (bidirectional overrides, zero-width ones, tags), blanks that are not U+0020, and halves of
 * surrogate pairs. Also U+115F, U+1160, U+17B4, U+17B5, U+2800, U+3164 and U+FFA0, which are letters or symbols without ink,
 * and U+034F, U+180B to U+180F and the variation selectors, which are marks without ink.
 */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u00a0\u034f\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\ufe00-\ufe0e\uffa0\u{e0100}-\u{e01ef}]/u;
const hiddenEverywhere = new RegExp(hidden.source, 'gu');

const names: Readonly<Record<string, string>> = {
  '\u00a0': 'no-break space',
  '\u00ad': 'soft hyphen',
  '\u061c': 'Arabic letter mark',
  '\u200b': 'zero-width space',
  '\u200c': 'zero-width non-joiner',
  '\u200d': 'zero-width joiner',
  '\u200e': 'left-to-right mark',
  '\u200f': 'right-to-left mark',
  '\u2028': 'line separator',
  '\u2029': 'paragraph separator',
  '\u202a': 'left-to-right embedding',
  '\u202b': 'right-to-left embedding',
  '\u202c': 'end of bidirectional formatting',
  '\u202d': 'left-to-right override',
  '\u202e': 'right-to-left override',
  '\u2060': 'word joiner',
  '\u2066': 'left-to-right isolate',
  '\u2067': 'right-to-left isolate',
  '\u2068': 'first strong isolate',
  '\u2069': 'end of isolate',
  '\u3000': 'ideographic space',
  '\ufeff': 'byte order mark',
  '\n': 'line feed',
  '\r': 'carriage return',
  '\t': 'tab',
};

/** True when every character of the text can be seen as it is. */
export function isPlain(text: string): boolean {
  return !hidden.test(text) && !text.startsWith(' ') && !text.endsWith(' ');
}

/**
 * Splits text into what can be seen and stand-ins for what cannot.
 *
 * @param keep - characters that the caller shows in its own way, e.g. `\t` where tabs have a width
 */
export function visibleParts(text: string, keep = ''): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(hiddenEverywhere)) {
    const character = match[0];
    if (keep.includes(character) || joinsEmoji(text, match.index, character)) continue;
    if (match.index > from) parts.push({ kind: 'plain', text: text.slice(from, match.index) });
    parts.push(markFor(character));
    from = match.index + character.length;
  }
  if (from < text.length) parts.push({ kind: 'plain', text: text.slice(from) });
  return parts;
}

/** Like `visibleParts`, and spaces at either end of the text are shown too: `'a'` and `'a '` are different values. */
export function visibleValue(text: string): readonly TextPart[] {
  const body = text.replace(/^ +| +$/g, '');
  if (body === '') return text === '' ? [] : [{ kind: 'space', text: dots(text.length) }];
  const start = text.indexOf(body);
  const end = text.length - start - body.length;
  return [
    ...(start > 0 ? [{ kind: 'space', text: dots(start) } as const] : []),
    ...visibleParts(body),
    ...(end > 0 ? [{ kind: 'space', text: dots(end) } as const] : []),
  ];
}

function dots(count: number): string {
  return '\u00b7'.repeat(count);
}

/** Family and flag emoji are made with joiners; splitting them would hide what they are. */
function joinsEmoji(text: string, index: number, character: string): boolean {
  if (character !== '\u200d') return false;
  return /\p{Extended_Pictographic}\ufe0f?$/u.test(text.slice(Math.max(0, index - 4), index)) && /^\p{Extended_Pictographic}/u.test(text.slice(index + 1, index + 3));
}

function markFor(character: string): TextPart {
  const code = character.codePointAt(0) ?? 0;
  const number = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const name = names[character];
  return { kind: 'mark', text: symbolFor(character, code) ?? number, name: name === undefined ? number : `${number}, ${name}` };
}

function symbolFor(character: string, code: number): string | undefined {
  if (character === '\n') return '\u21b5';
  if (character === '\t') return '\u21e5';
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return undefined;
}
