/** What accepted versions of a team's file say of databases, whatever the files on disk say now. */
import { textOf } from '../../core/approval/bytes.ts';
import type { Team } from '../../core/approval/team.ts';
import type { ConnectionProfile } from '../../core/profile/connection.ts';
import { readTeamFile } from '../teamFile.ts';

export function signedProfiles(teams: readonly Team[]): readonly ConnectionProfile[] {
  // Only where they lead and how they are protected is asked of them: their other files need not be found.
  return teams.flatMap(({ bytes }) => readTeamFile(textOf(bytes) ?? '', (name) => name).profiles);
}
