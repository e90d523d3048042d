/** What package.json promises to the editor is what the code does, and what README.md tells. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { withTables } from '../../scripts/generate-docs.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { readText, sourceFiles, withoutComments } from './sources.ts';

type Command = { command: string; title?: string; category?: string };
type Setting = { scope?: string; default?: unknown; order?: number; markdownDescription?: string; enum?: unknown[]; markdownEnumDescriptions?: string[] };
type Manifest = {
  contributes: {
    commands: Command[];
    keybindings: { command: string; key: string; args?: unknown; when?: string }[];
    menus: Record<string, { command: string; when?: string }[]>;
    configuration: { properties: Record<string, Setting> };
  };
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
};

const manifest = JSON.parse(readText('package.json')) as Manifest;
const { commands, keybindings, menus, configuration } = manifest.contributes;
const ids = commands.map(({ command }) => command);
const settings = Object.entries(configuration.properties);
const sources = sourceFiles('src').map(({ file, text }) => ({ file, text: withoutComments(text) }));

describe('commands', () => {
  test('each contributed command is registered in code, and the other way round', () => assert.deepEqual(registeredCommands().sort(), [...ids].sort()));
  test('each has a title and our category', () => assert.deepEqual(commands.filter(({ title, category }) => !title || category !== 'Countersign'), []));
  test('none is listed twice', () => assert.equal(new Set(ids).size, ids.length));
  test('menus and keys name commands that exist', () => {
    const named = [...Object.values(menus).flat(), ...keybindings].map(({ command }) => command);
    assert.deepEqual(named.filter((command) => !ids.includes(command)), []);
  });
  test('no key commits, allows writes or approves', () => {
    assert.deepEqual(keybindings.filter(({ command, args }) => args !== undefined || /commit|elevat|approv|confirm|undo|sign/i.test(shortName(command))), []);
  });
  test('every key works in SQL text only', () => {
    assert.deepEqual(keybindings.filter(({ when }) => !when?.includes('editorTextFocus && editorLangId == sql')), []);
  });
});

describe('settings', () => {
  test('each is read somewhere', () => assert.deepEqual(settings.map(([name]) => shortName(name)).filter((name) => !isRead(name)), []));
  test('each that is read is contributed', () => assert.deepEqual(readSettings().filter((name) => !(`countersign.${name}` in configuration.properties)), []));
  test('each is described and in order', () => {
    assert.deepEqual(settings.filter(([, { markdownDescription, order }]) => !markdownDescription || order === undefined).map(([name]) => name), []);
    assert.deepEqual(settings.filter(([, setting]) => setting.enum?.length !== setting.markdownEnumDescriptions?.length).map(([name]) => name), []);
  });
  test('a repository can set only how things look, and where its own file is', () => {
    const open = settings.filter(([, { scope }]) => scope !== 'application').map(([name]) => shortName(name));
    assert.deepEqual(open.filter((name) => !/^(editor|results)\.|^teamFile$/.test(name)), []);
  });
  test('an untrusted folder sets nothing that protects', () => {
    const protects = settings.map(([name]) => name).filter((name) => /^countersign\.(connections$|teamFile$|(production|elevation|credentials|audit|agents|server)\.)/.test(name));
    const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    assert.deepEqual(protects.filter((name) => !restricted.includes(name)), []);
    assert.deepEqual(restricted.filter((name) => !(name in configuration.properties)), []);
  });
});

test('every file package.json names exists', () => {
  const named = [...JSON.stringify(manifest.contributes).matchAll(/"((?:\.\/)?media\/[^"]+)"/g)].map(([, file = '']) => file);
  assert.ok(named.length > 0);
  assert.deepEqual(named.filter((file) => !existsSync(path.join(root, file))), []);
});

test('the tables of README.md are those of package.json (else: node scripts/generate-docs.mjs)', () => {
  const readme = readText('README.md');
  assert.equal(readme, withTables(readme, manifest));
});

/** Ids given to `registerCommand`, or to a helper of the same file that hands them on. */
function registeredCommands(): string[] {
  return sources.flatMap(({ text }) => {
    if (!text.includes('registerCommand(')) return [];
    const helpers = [...text.matchAll(/registerCommand\((?!')/g)].map(({ index }) => /.*\b(?:const|function) (\w+)/s.exec(text.slice(0, index))?.[1]);
    return [...text.matchAll(new RegExp(`\\b(?:${['registerCommand', ...helpers].join('|')})\\(\\s*'(countersign\\.[\\w.]+)'`, 'g'))].map(([, id = '']) => id);
  });
}

function shortName(name: string): string {
  return name.replace(/^countersign\./, '');
}

function isRead(name: string): boolean {
  return readSettings().includes(name) || JSON.stringify(manifest.contributes).includes(`config.countersign.${name}`);
}

/** Names given to a configuration, and literals that look like names, in files that read any. */
function readSettings(): string[] {
  const groups = new Set(settings.map(([name]) => shortName(name).split('.')[0]));
  return sources
    .filter(({ text }) => /\bgetConfiguration\(|\bconfiguration\(\)/.test(text))
    .flatMap(({ text }) => {
      // `getConfiguration('countersign.editor').get('codeLens')` reads `editor.codeLens`.
      const section = /getConfiguration\('countersign\.([\w.]+)'/.exec(text)?.[1];
      const asked = [...text.matchAll(/\b(?:get|inspect|update)(?:<[^>]*>)?\('([a-zA-Z.]+)'/g)].map(([, name = '']) => (section === undefined ? name : `${section}.${name}`));
      const alike = [...text.matchAll(/'([a-zA-Z]+\.[a-zA-Z.]+)'/g)].map(([, name = '']) => name).filter((name) => groups.has(name.split('.')[0]));
      return [...asked, ...alike];
    });
}
