/** Places in a statement: the server counts characters from 1, an editor UTF-16 units from 0. */

/** @param position - 1-based index of a Unicode character, as the server sends it; `undefined` stays `undefined` */
export function utf16Index(text: string, position: string | undefined): number | undefined {
  const wanted = Number(position);
  if (position === undefined || !Number.isInteger(wanted) || wanted < 1) return undefined;
  let index = 0;
  for (let character = 1; character < wanted && index < text.length; character += 1) {
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  }
  return index;
}
