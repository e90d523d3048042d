/** The reviewer's page: the same bytes for every id, so that looking at a link tells and changes nothing. */
import type { Hono } from 'hono';

/** Files of the page, as they were built. */
export type PageFiles = { readonly script: string; readonly style: string };

/** `prefix` is how deep below the server's root the page is: all addresses are relative, because the root may be below a proxy. */
const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>Confirmation</title>
<link rel="stylesheet" href="../app.css">
</head>
<body>
<main id="page"><p>This page opens a sealed request in your browser. It needs JavaScript; nothing is decided by opening it.</p></main>
<script src="../app.js"></script>
</body>
</html>
`;

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** On every answer, errors included. There is deliberately no CORS header. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': policy,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
  'Cache-Control': 'no-store',
  'X-Robots-Tag': 'noindex, nofollow',
};

export function addPage(app: Hono, { script, style }: PageFiles): void {
  app.get('/r/:id', (context) => context.body(html, 200, { 'Content-Type': 'text/html; charset=utf-8' }));
  app.get('/app.js', (context) => context.body(script, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }));
  app.get('/app.css', (context) => context.body(style, 200, { 'Content-Type': 'text/css; charset=utf-8' }));
  app.get('/robots.txt', (context) => context.body('User-agent: *\nDisallow: /\n', 200, { 'Content-Type': 'text/plain; charset=utf-8' }));
}
