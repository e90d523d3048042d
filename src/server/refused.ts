/** Why a call is refused: a status for machines on the way, a code for programs, a sentence for people. */

export type RefusedStatus = 400 | 401 | 403 | 404 | 405 | 409 | 410 | 413 | 415 | 429 | 503;

/** Thrown by whoever finds out; the app turns it into the answer. Never holds what was sent. */
export class Refused extends Error {
  readonly status: RefusedStatus;
  readonly code: string;
  constructor(status: RefusedStatus, code: string, message: string) {
    super(message);
    this.name = 'Refused';
    this.status = status;
    this.code = code;
  }
}

/** One answer for an unknown id and for a wrong token: nobody learns which ids exist. */
export function notFound(): Refused {
  return new Refused(404, 'not-found', 'There is no such request here, or the link does not belong to it. It may have ended and been removed; ask for a new link.');
}
