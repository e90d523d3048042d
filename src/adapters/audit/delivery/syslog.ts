/** Events as RFC 5424 messages over TCP or TLS, framed by their length (RFC 6587). */
import net from 'node:net';
import tls from 'node:tls';
import type { ChainedEvent } from '../../../core/audit/chain.ts';
import { unanswered } from './answers.ts';
import type { Endpoint } from './endpoint.ts';

export type SyslogOptions = { readonly name: string; readonly host: string; readonly port: number; readonly secure: boolean; readonly ca?: string; readonly hostname: string };

/** log audit (13), severity notice (5). */
const priority = 13 * 8 + 5;

/**
 * Syslog has no answers: accepted means that the receiver's machine took the bytes. Where that is not enough, use an endpoint that
 * answers.
 */
export function createSyslog(options: SyslogOptions): Endpoint {
  let line: net.Socket | undefined;
  return {
    name: options.name,
    async send(events, signal) {
      try {
        line = line && !line.destroyed ? line : await connect(options, signal);
        await write(line, Buffer.concat(events.map((event) => frame(event, options.hostname))), signal);
        return { kind: 'accepted' };
      } catch (error) {
        line?.destroy();
        return unanswered(error, signal);
      }
    },
    close: () => line?.destroy(),
  };
}

async function connect({ host, port, secure, ca }: SyslogOptions, signal: AbortSignal): Promise<net.Socket> {
  return await new Promise((resolve, reject) => {
    const socket = secure ? tls.connect({ host, port, servername: host, ...(ca === undefined ? {} : { ca }) }) : net.connect({ host, port });
    const stop = (): void => void socket.destroy(new Error('it did not answer in time'));
    signal.addEventListener('abort', stop, { once: true });
    socket.once('error', reject);
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      signal.removeEventListener('abort', stop);
      socket.off('error', reject).on('error', () => socket.destroy());
      // A receiver that says goodbye would swallow what is sent after it.
      socket.on('end', () => socket.destroy()).resume();
      resolve(socket);
    });
  });
}

/** Resolves when the system has passed the bytes on and the line still stands. */
async function write(socket: net.Socket, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => reject(new Error('it did not take the records in time'));
    signal.addEventListener('abort', stop, { once: true });
    socket.write(bytes, (error) => {
      signal.removeEventListener('abort', stop);
      if (error) reject(error);
      else resolve();
    });
  });
}

function frame(event: ChainedEvent, hostname: string): Uint8Array {
  const { body, hash, stream, seq } = event;
  const time = new Date(typeof body['time'] === 'number' ? body['time'] : 0).toISOString();
  const data = `[countersign@32473 hash="${hash}" stream="${stream}" seq="${String(seq)}"]`;
  const message = Buffer.from(`<${String(priority)}>1 ${time} ${printable(hostname, 255)} countersign - ${printable(String(body['kind']), 32)} ${data} \uFEFF${JSON.stringify(event)}`);
  return Buffer.concat([Buffer.from(`${String(message.length)} `), message]);
}

function printable(text: string, longest: number): string {
  return text.replaceAll(/[^\x21-\x7e]/gu, '').slice(0, longest) || '-';
}
