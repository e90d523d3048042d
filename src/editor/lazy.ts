/** What is loaded when it is first needed, and not before: each of these becomes a bundle of its own. */
import { part } from '../adapters/onDemand.ts';

/** Everything behind a run: results, review, sessions, policy, the use case itself. */
export const loadRunFeature = async () => await part(import('./features/run/runFeature.ts'));

/** Risks while typing: the parser, the rules, and what shows them. */
export const loadRisksFeature = async () => await part(import('./features/risks/risksFeature.ts'));

/** Where statements begin and end, in every dialect. */
export const loadSplit = async () => await part(import('../core/sql/splitText.ts'));

/** Adding, editing and testing connections. */
export const loadConnectionActions = async () => await part(import('./features/connections/connectionActions.ts'));

/** The rows of the Connections view. */
export const loadConnectionTree = async () => await part(import('./features/connections/connectionTree.ts'));

/** Choosing one of the connections. */
export const loadPickConnection = async () => await part(import('./features/connections/pickConnection.ts'));

/** Stored passwords, and asking for those that are not. */
export const loadWindowPasswords = async () => await part(import('./features/connections/windowPasswords.ts'));

/** Writes that are allowed for a while: asking, counting down, ending. */
export const loadAllowedWrites = async () => await part(import('./features/access/allowedWrites.ts'));

/** Records on other machines. */
export const loadAuditFeature = async () => await part(import('./features/audit/auditFeature.ts'));

/** What was done here. */
export const loadActivityFeature = async () => await part(import('./features/activity/activityFeature.ts'));

/** Teams, keys, waiting requests, and the way to those who are asked. */
export const loadConfirmation = async () => await part(import('./features/team/editorConfirmation.ts'));

/** Everything a person does with a team. */
export const loadTeamFeature = async () => await part(import('./features/team/teamFeature.ts'));

/** The confirmation server, for when no other is set up. */
export const loadEmbeddedServer = async () => await part(import('../server/embedded.ts'));

/** Requests of one's own, and those of others. */
export const loadConfirmationsFeature = async () => await part(import('./features/confirmations/confirmationsFeature.ts'));
