/** What can be said about the records behind an entry: where they are, whether their chain holds, and who has them. */
import { readDeliveries } from '../../../adapters/audit/delivery/cursor.ts';
import type { ReadStream } from '../../../adapters/audit/spool/streams.ts';
import type { Activity } from '../../../core/audit/activity.ts';

/** In words, one for each line. */
export type ChainState = { readonly records: string; readonly chain: string; readonly receivedBy: string };

export async function chainStateOf({ places, member }: Activity, folder: string, streamOf: (name: string) => ReadStream | undefined): Promise<ChainState> {
  const streams = [...new Set(places.map(({ stream }) => stream))];
  const numbers = (stream: string): string => places.filter((place) => place.stream === stream).map(({ seq }) => String(seq)).join(', ');
  const records = streams.map((stream) => `${stream} ${numbers(stream)}`).join('; ');
  if (member !== undefined) return { records: `${records}, sent by ${member}`, chain: 'as the server of the log says; “countersign audit verify --server” checks it', receivedBy: 'the log of the team' };
  const received = await Promise.all(
    streams.map(async (stream) => {
      const last = Math.max(...places.filter((place) => place.stream === stream).map(({ seq }) => seq));
      return (await readDeliveries(folder, stream)).filter(({ seq }) => seq >= last).map(({ endpoint }) => endpoint);
    }),
  );
  const everywhere = received.reduce((all, names) => all.filter((name) => names.includes(name)), received[0] ?? []);
  return {
    records,
    chain: streams.map((stream) => describeEnd(streamOf(stream))).join('; '),
    receivedBy: everywhere.length === 0 ? 'nobody yet, besides this machine' : everywhere.join(', '),
  };
}

function describeEnd(read: ReadStream | undefined): string {
  switch (read?.end.kind) {
    case undefined:
      return 'not read any more';
    case 'whole':
    case 'torn':
      return 'intact';
    case 'damaged':
      return `damaged behind event ${String(read.head.seq)}; what is shown comes before that`;
  }
}
