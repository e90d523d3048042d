/** The same suite on the oldest VS Code the manifest allows. */
import { editorVersions } from '../../scripts/lib/editor.mjs';
import { hostFiles } from './hostFiles.ts';
import { runHostSuite } from '../support/hostSuite.ts';

await runHostSuite('host-oldest', hostFiles, { files: { 'query.sql': 'SELECT 1;\n' }, version: editorVersions.oldest });
