/** Prints the path of a Node that is new enough for the editor and the test runner; fetches one from npm when the own is older. */
import path from 'node:path';
import { isMain } from './lib/main.mjs';
import { cachedPackages } from './lib/npm.mjs';
import { platformName } from './lib/paths.mjs';

const newest = '24.21.0';

/** @returns {Promise<string>} path of a Node of version 24 or later */
export async function node24() {
  return Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : fetchNode(newest);
}

/** A Node of exactly that version, from npm. */
export async function fetchNode(version) {
  // The package `node` needs an install script; the platform packages are the plain files.
  const name = `node-${platformName}-${process.arch}`;
  const folder = await cachedPackages(`${name}-${version}`, [`${name}@${version}`]);
  return path.join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

if (isMain(import.meta.url)) process.stdout.write(`${await node24()}\n`);
