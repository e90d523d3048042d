/** The HTML around a page lets nothing else in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderShell } from '../../../src/editor/webviewShell.ts';

const shell = { nonce: 'abc', cspSource: "'self' https://*.example", script: 'https://x.example/a.js', style: 'https://x.example/a.css', title: 'Review' };

test('nothing may load but the page\u2019s own script, style, fonts and pictures', () => {
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(renderShell(shell))?.[1]?.replaceAll('&#39;', "'");
  assert.equal(
    policy,
    "default-src 'none'; style-src 'self' https://*.example; script-src 'nonce-abc'; font-src 'self' https://*.example; img-src 'self' https://*.example data:; base-uri 'none'; form-action 'none'",
  );
});

test('no value can end its attribute', () => {
  const html = renderShell({ ...shell, title: '</title><script>', script: 'x"><script>', style: "x'><script>", nonce: '"><script>' });
  assert.equal(html.match(/<script/g)?.length, 1);
});
