/** What failed, as text for the end of a run: there it is found, also where only the end is kept. */
import path from 'node:path';
import { root } from './paths.mjs';

/** All errors together: a log that is cut keeps about so much of its end. */
const linesForAll = 150;
const linesForOne = 60;
const lineLength = 400;

/** @param {readonly {layer: string, file?: string, name: string, error: string, isConsequence: boolean}[]} failures */
export function describeFailures(failures) {
  if (failures.length === 0) return '';
  const causes = failures.filter(({ isConsequence }) => !isConsequence);
  const lines = Math.max(8, Math.min(linesForOne, Math.floor(linesForAll / Math.max(1, causes.length))));
  const errors = causes.map((failure) => `✖ ${titleOf(failure)}\n${indent(shorten(failure.error, lines))}\n`);
  // Once more without errors: of many failures every name is near the end.
  const names = failures.map((failure) => `  ✖ ${titleOf(failure)}${failure.isConsequence ? ' (not run, because of another failure)' : ''}`);
  return [...errors, `${failures.length} failed:`, ...names].join('\n');
}

/** What passed at the second try only: it does not fail the run, and it is not silent either. */
export function describeUnsteady(failures) {
  if (failures.length === 0) return '';
  const lines = failures.filter(({ isConsequence }) => !isConsequence).map((failure) => `  ⚠ ${titleOf(failure)}\n${indent(shorten(failure.error, 8))}`);
  return ['Unsteady: waited in vain beside other tests, passed alone. Each is a test to mend:', ...lines].join('\n');
}

function titleOf({ layer, file, name }) {
  const where = file === undefined ? layer : path.relative(root, file);
  return file !== undefined && path.resolve(root, name) === file ? where : `${where}: ${name}`;
}

/** The beginning says what was wrong, the end where. */
function shorten(text, count) {
  const lines = text.split('\n').map((line) => (line.length > lineLength ? `${line.slice(0, lineLength)}…` : line));
  if (lines.length <= count) return lines.join('\n');
  const end = Math.floor(count / 4);
  return [...lines.slice(0, count - end - 1), `… ${lines.length - count + 1} lines more`, ...lines.slice(-end)].join('\n');
}

function indent(text) {
  return text.replaceAll(/^/gmu, '    ');
}
