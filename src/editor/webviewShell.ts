/** The HTML around a webview page: nothing but its script and its style sheet may load, and nothing inline runs. */

export type Shell = {
  /** Fresh and random for every page. */
  readonly nonce: string;
  /** `webview.cspSource` */
  readonly cspSource: string;
  /** Addresses from `webview.asWebviewUri`. */
  readonly script: string;
  readonly style: string;
  readonly title: string;
};

/** The page's HTML. Every value is escaped, so that no name or path can end an attribute. */
export function renderShell(shell: Shell): string {
  const source = escapeHtml(shell.cspSource);
  const policy = [
    `default-src 'none'`,
    `style-src ${source}`,
    `script-src 'nonce-${escapeHtml(shell.nonce)}'`,
    `font-src ${source}`,
    `img-src ${source} data:`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(shell.title)}</title>
<link rel="stylesheet" href="${escapeHtml(shell.style)}">
</head>
<body>
<script nonce="${escapeHtml(shell.nonce)}" src="${escapeHtml(shell.script)}"></script>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
