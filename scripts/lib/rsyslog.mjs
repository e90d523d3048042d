/** A real syslog server of our own: Debian's rsyslog, writing what it receives to a file. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { programOnPath, unpackedPackage, unpackedProgram, whyNoDebianPackages } from './debianPackages.mjs';
import { freePort } from './postgres.mjs';
import { endGuarded, removeFolder, spawnGuarded, temporaryFolder } from './reaper.mjs';
import { serverHome } from './serverHome.mjs';

/** @returns {string | undefined} why there can be none here */
export function whyNoRsyslog() {
  return programOnPath(['rsyslogd']) === undefined ? whyNoDebianPackages() : undefined;
}

/** @returns {Promise<{port: number, file: string, stop: () => Promise<void>}>} `file`: a message per line, as it was received */
export async function startRsyslog() {
  const { file: program, args, modules } = await found();
  const folder = await temporaryFolder('countersign-rsyslog-');
  const port = await freePort();
  const file = path.join(folder, 'received.log');
  const config = path.join(folder, 'rsyslog.conf');
  await writeFile(
    config,
    `global(workDirectory="${folder}" maxMessageSize="1m" parser.escapeControlCharactersOnReceive="off")
module(load="imtcp")
input(type="imtcp" port="${String(port)}" address="127.0.0.1")
template(name="raw" type="string" string="%rawmsg%\\n")
action(type="omfile" file="${file}" template="raw")
`,
  );
  const child = spawnGuarded(program, [...args, '-n', '-f', config, '-i', path.join(folder, 'pid'), ...modules], { stdio: 'ignore' });
  return {
    port,
    file,
    async stop() {
      await endGuarded(child);
      await removeFolder(folder);
    },
  };
}

async function found() {
  const installed = programOnPath(['rsyslogd']);
  if (installed !== undefined) return { file: installed, args: [], modules: [] };
  const folder = await unpackedPackage({ name: 'rsyslog', suite: 'bookworm', parent: await serverHome() });
  const started = unpackedProgram(folder, 'usr/sbin/rsyslogd');
  const library = started.args[1].split(':').map((each) => path.join(each, 'rsyslog'));
  return { ...started, modules: ['-M', library.join(':')] };
}
