/** Reads the text of a team file: JSON with comments, and where in the text every problem is. */
import { findNodeAtLocation, getNodeValue, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import type { ConnectionOrigin } from '../core/profile/parseConnection.ts';
import { parseTeamConnections } from '../core/profile/parseConnections.ts';
import type { ConnectionProfile } from '../core/profile/connection.ts';
import { parseRiskPolicy } from '../core/profile/parseRiskPolicy.ts';
import type { ProfileProblem } from '../core/profile/problem.ts';
import { isObject } from '../core/profile/reader.ts';
import { teamFormatOf } from '../core/profile/teamFormat.ts';
import type { RiskPolicy } from '../core/sql/risks.ts';

/** A problem and its place: half-open range of UTF-16 indexes into the text. */
export type LocatedProblem = Pick<ProfileProblem, 'severity' | 'message'> & { readonly start: number; readonly end: number };

export type TeamFile = {
  readonly profiles: readonly ConnectionProfile[];
  readonly risks: RiskPolicy;
  readonly problems: readonly LocatedProblem[];
};

const maxLength = 1_000_000;
const noRisks: RiskPolicy = { rules: [], raised: [] };

/** Never throws. A text that is not clean JSON with comments is not guessed at: nothing from it is loaded. */
export function readTeamFile(text: string, resolveFile: ConnectionOrigin['resolveFile']): TeamFile {
  if (text.length > maxLength) return refused('The file is larger than a million characters, so nothing from it is loaded.');
  if (text.trim() === '') return refused('The file is empty. A team file begins with { "version": 1, "connections": [] }.');
  try {
    return readTree(text, resolveFile);
  } catch (error) {
    if (error instanceof RangeError) return refused('The file is nested too deeply, so nothing from it is loaded.');
    throw error;
  }
}

function readTree(text: string, resolveFile: ConnectionOrigin['resolveFile']): TeamFile {
  const errors: ParseError[] = [];
  const tree = parseTree(blankByteOrderMark(text), errors, { allowTrailingComma: true });
  const syntax = [...errors.map(syntaxProblem), ...(tree ? repeatedKeys(tree) : [])];
  if (!tree || syntax.length > 0) return { profiles: [], risks: noRisks, problems: syntax };
  const value: unknown = getNodeValue(tree);
  const { profiles, problems } = parseTeamConnections(value, resolveFile);
  const { rules, raised, problems: ofRules } = parseRiskPolicy(isObject(value) && teamFormatOf(value) !== undefined ? value['risks'] : undefined, ['risks']);
  return { profiles, risks: { rules, raised }, problems: [...problems, ...ofRules].map((problem) => locate(problem, tree)) };
}

/** A space instead, so that every index still fits the text. */
function blankByteOrderMark(text: string): string {
  return text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
}

function refused(message: string): TeamFile {
  return { profiles: [], risks: noRisks, problems: [{ severity: 'error', message, start: 0, end: 1 }] };
}

function syntaxProblem({ error, offset, length }: ParseError): LocatedProblem {
  const words = printParseErrorCode(error).replaceAll(/(?<=[a-z])(?=[A-Z])/gu, ' ').toLowerCase();
  return { severity: 'error', message: `This is not valid JSON (${words}), so nothing from this file is loaded.`, start: offset, end: offset + Math.max(length, 1) };
}

/** Of two values under one key, people see the first and programs take the last. */
function repeatedKeys(node: Node): readonly LocatedProblem[] {
  const keys = node.type === 'object' ? (node.children ?? []).flatMap(({ children }) => children?.slice(0, 1) ?? []) : [];
  const repeated = keys.filter((key, index) => keys.findIndex(({ value }) => value === key.value) < index);
  const here = repeated.map(({ offset, length }): LocatedProblem => ({
    severity: 'error',
    message: 'This key stands here twice, so nothing from this file is loaded: it would not be clear which value counts.',
    start: offset,
    end: offset + length,
  }));
  return [...here, ...(node.children ?? []).flatMap(repeatedKeys)];
}

/** Marks the key's value, or the first character of the object that lacks it. */
function locate({ severity, message, path }: ProfileProblem, tree: Node): LocatedProblem {
  const node = closestNode(tree, path);
  const isWide = node.type === 'object' || node.type === 'array';
  return { severity, message, start: node.offset, end: node.offset + (isWide ? 1 : node.length) };
}

function closestNode(tree: Node, path: ProfileProblem['path']): Node {
  for (let length = path.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(tree, path.slice(0, length));
    if (node) return node;
  }
  return tree;
}
