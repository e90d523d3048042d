/** Whether a text matches a pattern as a whole: `*` stands for any characters, `?` for one. Linear in time, unlike a regular expression made of it. */
export function matchesGlob(text: string, pattern: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    if (inPattern < pattern.length && (pattern[inPattern] === '?' || pattern[inPattern] === text[at]) && pattern[inPattern] !== '*') {
      at += 1;
      inPattern += 1;
    } else if (pattern[inPattern] === '*') {
      star = inPattern;
      resume = at;
      inPattern += 1;
    } else if (star >= 0) {
      resume += 1;
      at = resume;
      inPattern = star + 1;
    } else return false;
  }
  return /^\**$/u.test(pattern.slice(inPattern));
}
