/** Where an error is. The server never says: it names what it stumbled over, and that may stand in the text just once. */

/** Errors whose message quotes a name that stands in the statement: columns, tables, databases, functions, variables. */
const naming: ReadonlySet<number> = new Set([1046, 1049, 1051, 1052, 1054, 1091, 1109, 1128, 1146, 1193, 1305, 1327, 1630]);
const syntaxError = 1064;

/** @returns a 0-based UTF-16 index, or `undefined` when it cannot be told for certain */
export function positionOf(text: string, errno: number, message: string): number | undefined {
  if (errno === syntaxError) return afterNear(text, message);
  if (!naming.has(errno)) return undefined;
  const quoted = /['"]([^'"]+)['"]|(?:FUNCTION|PROCEDURE) (\S+) does/.exec(message);
  const name = (quoted?.[1] ?? quoted?.[2])?.split('.').at(-1);
  return name === undefined ? undefined : onlyPlace(text, name);
}

/** `… near 'rest of the text' at line 1`: the rest is cut after some characters, so it is looked for from the front. */
function afterNear(text: string, message: string): number | undefined {
  const near = /near '([\s\S]*)' at line \d+$/.exec(message)?.[1];
  if (near === undefined) return undefined;
  if (near === '') return text.trimEnd().length;
  if (text.endsWith(near)) return text.length - near.length;
  const first = text.indexOf(near);
  return first >= 0 && text.indexOf(near, first + 1) < 0 ? first : undefined;
}

function onlyPlace(text: string, name: string): number | undefined {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);
  const places = [...text.matchAll(new RegExp(String.raw`(?<![\p{L}\p{N}_$])${escaped}(?![\p{L}\p{N}_$])`, 'giu'))];
  return places.length === 1 ? places[0]?.index : undefined;
}
