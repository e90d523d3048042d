/** The text of README.md with its tables of commands and settings made anew from package.json. */
export function withTables(readme: string, manifest: unknown): string;
