/** What the steps of running an approved request share, and how one of them says no. */
import type { ExecutionRefusal } from '../core/approval/executionRefusal.ts';
import type { RequestBody } from '../core/approval/request.ts';
import type { Terms } from '../core/approval/terms.ts';
import type { ConfirmationFacts } from '../core/audit/record.ts';
import type { Approvals, PendingRequest } from './approvalPorts.ts';
import type { Run, RunPorts, RunRequest } from './run.ts';

export type ApprovedPorts = RunPorts & {
  readonly approvals: Approvals;
  /** Whether COMMIT was announced for its run, as the records of this machine say: they outlive what is kept of the request. Rejects when they cannot be read. */
  readonly ranBefore: (entry: Pick<PendingRequest, 'run' | 'created'>) => Promise<boolean>;
};

export type ApprovedOrder = Pick<RunRequest, 'actor' | 'connection' | 'policy' | 'limits' | 'signal'> & {
  /** Id of the request. */
  readonly request: string;
};

export type Execution = {
  readonly ports: ApprovedPorts;
  readonly order: ApprovedOrder;
  readonly entry: PendingRequest;
  /** As it was signed. */
  readonly asked: RequestBody;
  readonly terms: Terms;
  readonly digest: string;
  readonly run: Run;
};

/** Ends the sequence before anything ran. Thrown by the step that says no, told by the sequence. */
export class NotRun extends Error {
  readonly code: ExecutionRefusal;
  readonly detail: string | undefined;

  constructor(code: ExecutionRefusal, detail?: string) {
    super(code);
    this.code = code;
    this.detail = detail;
  }
}

/** In every record about it. */
export function factsOf({ entry, asked, digest }: Pick<Execution, 'entry' | 'asked' | 'digest'>): ConfirmationFacts {
  const purpose = asked.emergency !== undefined ? 'emergency' : asked.afterwards !== undefined ? 'afterwards' : undefined;
  return { request: entry.id, digest, team: asked.team, requester: asked.requester, ...(purpose === undefined ? {} : { purpose }) };
}
