/** What the command line understands. */

import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import type { Dialect } from '../core/sql/verdict.ts';

export const dialects: readonly Dialect[] = ['postgresql', 'mysql', 'mariadb'];

export const usage = `Usage:
  countersign classify --dialect postgresql|mysql|mariadb [--format jsonl|text] [FILE|-]
  countersign classify --batch [--dialect …]
  countersign check [--dialect …] [--fail-on CLASS,…] [--format text|sarif|github] FILE…
  countersign run (--connection NAME | --url URL) [--environment production|staging|development]
                  [--format table|json|csv] [--max-rows N] [--ask-above N]
                  [--audit-endpoint [NAME=]KIND:URL …] [--audit-required] [FILE|-]
  countersign join LINK --name NAME (--ssh-key FILE.pub | --key FILE)
  countersign review LINK|TEXT|@FILE (--ssh-key FILE.pub | --key FILE)
  countersign serve [--port N] [--host ADDRESS] [--data FILE] [--team DIGEST|any] [--trust-proxy]
  countersign serve [--data FILE] --backup-to FILE
  countersign audit verify [--folder FOLDER] [--team FILE… [--team-sig FILE…]] [--checkpoints FILE…]
                  [--log FILE | --server URL (--ssh-key FILE.pub | --key FILE) [--ca FILE]]
  countersign audit tail [--folder FOLDER] [--count N] [--follow]
  countersign audit export [--folder FOLDER] [--format ocsf|jsonl] [--server URL … --team FILE]

classify  says what a SQL text will do: read, session, txn, write, ddl, admin, privilege, destructive or unknown.
          --batch reads JSON lines {"id", "sql", "dialect"} and answers each with one line.
check     looks through migrations. A folder stands for the .sql files in it. It fails on the classes and tags of
          --fail-on (default: destructive,unknown). A line "-- countersign: dialect=mysql" in a file overrules --dialect.
run       reads print their rows. A change runs in a transaction, its effect is measured and printed, and it is rolled back,
          unless a person at a terminal types what the question asks for. A target given as a URL counts as production.
          --max-rows: rows read or listed (default 10000). --ask-above: row changes the server may expect before it is asked
          whether to make them at all (default 100000; without a terminal nobody can say yes, and it is 1000000).
          --audit-endpoint: where records go besides this machine, e.g. otlp:https://collector:4318/v1/logs; also in
          COUNTERSIGN_AUDIT_ENDPOINTS, with secrets in COUNTERSIGN_AUDIT_SECRET_NAME. --audit-required, or
          COUNTERSIGN_AUDIT_REQUIRED=1: no write before they received what is about to run.
          The password comes from the URL, PGPASSWORD or MYSQL_PWD, the file ~/.pgpass, or the keychain.
join      answers an invitation to a team with a key of yours and prints six words to say to an administrator.
review    shows what a colleague asks you to confirm, and signs your answer. Only a person at a terminal can answer. A key
          file can be used by every program that can read it; a security key asks for a touch.
serve     runs the confirmation server on 127.0.0.1:8787 until it is stopped. It keeps sealed requests in one file, or in
          PostgreSQL when DATABASE_URL is set, and serves the first team that introduces itself, or the teams named.
audit     verify recomputes the chain of every record, the receipts and checkpoints of logs, with --log or --server the whole
          log, and with --team (every version, oldest first) who confirmed what; it says what is wrong and where. tail prints
          the newest; export writes all of them, as OCSF Datastore Activity or as they are. Without --folder: the records
          of this program.

Exit codes: 0 done, read or committed, 1 a check found something or a run failed, 2 not understood or not readable,
3 not committed.
`;

/** The command was not understood, or what it names cannot be read. */
export class UsageError extends Error {}

/** Parses arguments; what is not known is a UsageError. */
export function readArguments<Options extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** One of the allowed words, or a UsageError that lists them. */
export function readChoice<Choice extends string>(name: string, value: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw new UsageError(`--${name} is one of ${choices.join(', ')}, not "${value}".`);
  return choice;
}
