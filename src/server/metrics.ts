/** Counts for Prometheus. No label ever comes from what was sent, so their number is bounded. */

export interface Metrics {
  count(name: string, labels?: Readonly<Record<string, string>>, by?: number): void;
  /** How long a call took. */
  observe(milliseconds: number): void;
  /** Text format 0.0.4. `gauges` are read at that moment. */
  text(gauges: Readonly<Record<string, number>>): string;
}

const help: Readonly<Record<string, string>> = {
  countersign_http_requests_total: 'Calls by route and status.',
  countersign_rate_limited_total: 'Calls refused because an address made too many.',
  countersign_requests_filed_total: 'Requests for confirmation that were filed.',
  countersign_messages_total: 'Sealed messages by kind.',
  countersign_claims_total: 'Claims by result.',
  countersign_audit_events_total: 'Events taken into logs of records.',
  countersign_audit_batches_total: 'Batches of events by result; a fork means that somebody changed a record.',
  countersign_store_gaps_total: 'Times when notifications may have been missed and everything was read again.',
  countersign_errors_total: 'Calls that ended with an error of the server.',
};
const boundsMs = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500];

export function createMetrics(): Metrics {
  const counters = new Map<string, Map<string, number>>();
  const buckets = boundsMs.map(() => 0);
  let [sum, observed] = [0, 0];
  return {
    count(name, labels = {}, by = 1) {
      const series = counters.get(name) ?? new Map<string, number>();
      const key = labelText(labels);
      series.set(key, (series.get(key) ?? 0) + by);
      counters.set(name, series);
    },
    observe(milliseconds) {
      for (const [index, bound] of boundsMs.entries()) if (milliseconds <= bound) buckets[index] = (buckets[index] ?? 0) + 1;
      sum += milliseconds;
      observed += 1;
    },
    text(gauges) {
      const counted = Object.keys(help).flatMap((name) => [
        `# HELP ${name} ${help[name] ?? ''}`,
        `# TYPE ${name} counter`,
        ...[...(counters.get(name) ?? new Map([['', 0]]))].map(([labels, value]) => `${name}${labels} ${String(value)}`),
      ]);
      const name = 'countersign_http_duration_seconds';
      const timed = [
        `# HELP ${name} How long calls took, waiting ones left out.`,
        `# TYPE ${name} histogram`,
        ...boundsMs.map((bound, index) => `${name}_bucket{le="${String(bound / 1000)}"} ${String(buckets[index] ?? 0)}`),
        `${name}_bucket{le="+Inf"} ${String(observed)}`,
        `${name}_sum ${String(sum / 1000)}`,
        `${name}_count ${String(observed)}`,
      ];
      const read = Object.entries(gauges).flatMap(([gauge, value]) => [`# TYPE ${gauge} gauge`, `${gauge} ${String(value)}`]);
      return `${[...counted, ...timed, ...read].join('\n')}\n`;
    },
  };
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replaceAll(/[\\"\n]/g, '')}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
