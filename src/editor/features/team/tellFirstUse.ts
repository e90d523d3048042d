/** The first team file of a folder is believed because there was none before: its six words are said once, for comparing. */
import { commands, window } from 'vscode';
import type { Confirmation } from '../../../adapters/confirmation/confirmation.ts';
import { sixWords } from '../../../core/approval/digest.ts';
import type { Team } from '../../../core/approval/team.ts';
import { plainText } from '../../plainText.ts';

const show = 'Show the Team';
export async function tellFirstUse({ crypto }: Pick<Confirmation, 'crypto'>, { body, digest }: Team): Promise<void> {
  const words = await sixWords(crypto, 'team', digest);
  const answer = await window.showInformationMessage(plainText(`The team “${body.team}” is believed here from now on, because there was none before. Compare its six words with an administrator: ${words.join(' ')}.`), show);
  if (answer === show) await commands.executeCommand('countersign.showTeam');
}
