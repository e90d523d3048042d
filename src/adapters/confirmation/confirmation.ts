/** Everything that asking another person needs on this machine, put together once for each program. Nothing is read or started here. */
import path from 'node:path';
import type { Approvals } from '../../app/approvalPorts.ts';
import { createCrypto } from '../../core/approval/crypto.ts';
import type { Team } from '../../core/approval/team.ts';
import type { SecretStore } from '../credentials/secretStore.ts';
import { createLogWord } from '../audit/heardCheckpoints.ts';
import { createFiling } from './filing.ts';
import { createInvitations } from './invitations.ts';
import type { Invitations } from './invitations.ts';
import { createMemberKeys } from './memberKeys.ts';
import type { MemberKeys } from './memberKeys.ts';
import { createOwnServer } from './ownServer.ts';
import type { OwnServer, OwnServerOptions } from './ownServer.ts';
import { createPendingRequests } from './pendingRequests.ts';
import { createServers } from './servers.ts';
import type { ConfirmationServers } from './servers.ts';
import type { TeamPlace } from './teamFolder.ts';
import { createTeamPins } from './teamPins.ts';
import type { TeamPins } from './teamPins.ts';
import { createTeamStore } from './teamStore.ts';
import type { TeamStore } from './teamStore.ts';

export type ConfirmationOptions = {
  /** Of this program on this machine; absolute. What is accepted, asked and served is kept below it. */
  readonly folder: string;
  readonly secrets: () => SecretStore;
  readonly places: () => readonly TeamPlace[];
  /** `countersign.server.url`; empty when it is not set. */
  readonly chosenServer: () => string;
  readonly startServer: OwnServerOptions['start'];
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly onTrouble: (message: string) => void;
  /** Folder of the records, beside which checkpoints of logs are kept. */
  readonly records?: string;
  readonly onFirstUse?: (team: Team) => void;
  /** Another version of a team's file was accepted on this machine. */
  readonly onAccepted?: (team: Team) => void;
};

export type Confirmation = Approvals & {
  readonly team: TeamStore;
  readonly keys: MemberKeys;
  readonly pins: TeamPins;
  readonly servers: ConfirmationServers;
  readonly ownServer: OwnServer;
  readonly invitations: Invitations;
  close(): Promise<void>;
};

export function createConfirmation({ folder, secrets, places, chosenServer, startServer, now, onTrouble, onFirstUse, onAccepted, records }: ConfirmationOptions): Confirmation {
  const crypto = createCrypto(globalThis.crypto);
  const keys = createMemberKeys(crypto, secrets, now);
  const pins = createTeamPins(crypto, path.join(folder, 'teams'), onAccepted);
  const ownServer = createOwnServer({ folder: path.join(folder, 'server'), start: startServer });
  const servers = createServers({ crypto, chosen: chosenServer, own: ownServer, now });
  const team = createTeamStore({ crypto, pins, keys, places, now, missing: async (known, key) => await servers.after(known, key), ...(onFirstUse === undefined ? {} : { onFirstUse }) });
  const filing = createFiling({ crypto, team, servers, pins, now });
  return {
    crypto,
    keys,
    pins,
    team,
    servers,
    ownServer,
    pending: createPendingRequests({ folder: path.join(folder, 'requests'), secrets, onTrouble }),
    filing,
    ...(records === undefined ? {} : { log: createLogWord(crypto, records) }),
    invitations: createInvitations({ crypto, folder: path.join(folder, 'invitations'), secrets, filing, servers, now }),
    close: async () => await ownServer.close(),
  };
}
