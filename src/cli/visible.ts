/** Text from files, made safe for a terminal. */

/** Replaces characters that a terminal obeys, or that make text look like other text, by their code points. */
export function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
