/** Runs statements in one transaction and measures them. */
import type { ChangeRequest, ChangeStart } from '../../../app/ports.ts';
import type { Context } from '../context.ts';

/** Never rejects. */
export async function beginChange(_context: Context, _request: ChangeRequest): Promise<ChangeStart> {
  return { kind: 'failed', failure: { code: 'internal', message: 'Not run: changes cannot be measured on MySQL and MariaDB yet. Nothing was sent.' } };
}
