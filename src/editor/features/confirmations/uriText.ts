/** `vscode://countersign.countersign/review#<link or text>`: what is to be reviewed; `undefined` for any other address. Pure. */
export function textOfUri({ path, fragment }: { readonly path: string; readonly fragment: string }): string | undefined {
  return path === '/review' && fragment !== '' ? fragment : undefined;
}
