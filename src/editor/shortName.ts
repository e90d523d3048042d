/** Names in places that share their width with everybody else's: the status bar cuts nothing off by itself, it pushes others out. Pure. */

/** Its end stays: that is where names like `shop-eu-prod` and `shop-eu-staging` differ. */
export function shortName(name: string, longest = 28): string {
  const characters = [...name];
  if (characters.length <= longest) return name;
  const tail = Math.floor((longest - 1) / 2);
  return `${characters.slice(0, longest - 1 - tail).join('')}\u2026${characters.slice(-tail).join('')}`;
}
