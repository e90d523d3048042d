/**
 * Rows of pickers draw `$(name)` as an icon, and characters that turn the direction of a text change what is read there: what other
 * people say is shown letter by letter.
 */
export function plainLabel(text: string): string {
  return text.replaceAll('$(', String.raw`\$(`).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
