/** Writes the tables of commands and settings in README.md from package.json, so that they cannot differ. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isMain } from './lib/main.mjs';
import { root } from './lib/paths.mjs';

/**
 * @param {string} readme text with `<!-- commands -->…<!-- /commands -->` and the same for `settings`
 * @param {object} manifest package.json
 * @returns {string} the text with both tables made anew
 * @throws when a marker is missing
 */
export function withTables(readme, { contributes }) {
  return between(between(readme, 'commands', commandTable(contributes)), 'settings', settingTable(contributes));
}

function between(text, name, table) {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [text.indexOf(open), text.indexOf(close)];
  if (start < 0 || end < start) throw new Error(`README.md needs ${open} and ${close}`);
  return `${text.slice(0, start + open.length)}\n${table}\n${text.slice(end)}`;
}

function commandTable({ commands, keybindings = [] }) {
  const rows = commands.map(({ command, title }) => [title, `\`${command}\``, keysOf(keybindings, command)]);
  return table(['Command', 'Id', 'Key'], rows);
}

function keysOf(keybindings, command) {
  return keybindings.filter((binding) => binding.command === command).map(({ key }) => `\`${readableKey(key)}\``).join(', ');
}

/** `ctrl+k ctrl+z` → `Ctrl+K Ctrl+Z` */
function readableKey(key) {
  return key.replace(/\w+/g, (word) => word[0].toUpperCase() + word.slice(1));
}

function settingTable({ configuration }) {
  const settings = Object.entries([configuration].flat().reduce((all, { properties }) => ({ ...all, ...properties }), {}));
  settings.sort(([, a], [, b]) => (a.order ?? 0) - (b.order ?? 0));
  return table(['Setting', 'Default', 'What it does'], settings.map(([name, setting]) => [`\`${name}\``, `\`${JSON.stringify(setting.default)}\``, describe(setting)]));
}

function describe({ markdownDescription, description, enum: values = [], markdownEnumDescriptions, enumDescriptions }) {
  const meanings = markdownEnumDescriptions ?? enumDescriptions ?? [];
  const choices = values.map((value, at) => `\`${value}\`: ${meanings[at] ?? ''}`);
  // Links to commands work in the editor only.
  return [markdownDescription ?? description ?? '', ...choices].join(' ').replace(/\[([^\]]+)\]\(command:[^)]+\)/g, '*$1*');
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

if (isMain(import.meta.url)) {
  const file = path.join(root, 'README.md');
  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  await writeFile(file, withTables(await readFile(file, 'utf8'), manifest));
  console.log('✔ README.md');
}
