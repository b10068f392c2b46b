import type { HostPort, InventoryPeer } from '../cluster/inventory.ts';
import { readReport } from '../cluster/peer-report.ts';
import type { FactsSighting, Sighting, Via } from '../cluster/sighting.ts';
import type { Millis, Trouble } from '../cluster/trouble.ts';
import type { Clock, PeerLink } from '../ports.ts';
import { clean } from '../text/clean.ts';
import type { LogLines } from './model.ts';
import { probeHost, readHostLog } from './read-host.ts';
import { type Attempt, byCurl, byPort, byWeaveReport, type Want } from './read-path.ts';

/** Reads one peer by whichever way works. No call rejects: what went wrong is a sighting, too. */
export interface PeerLooker {
  /** One look. `full` asks for all of the report, also what others say of each other (Peers[].Connections). */
  look(seq: number, options?: { readonly full?: boolean }): Promise<Sighting>;
  /** One probe of the host's facts, by exec. */
  probe(seq: number): Promise<FactsSighting>;
  /** The last lines of the unit's log. */
  log(lines: number): Promise<Extract<LogLines, { kind: 'there' | 'failed' }>>;
}

export type LookTimes = {
  /** For the answer to one look, once SSH is connected. */
  readonly answer: Millis;
  /** How long to stay with a way that works before the better ones are tried again. */
  readonly better: Millis;
  /** How long to leave curl alone on a host where nothing listened. */
  readonly curlAgain: Millis;
  /** How long to leave `weave report` alone: it starts a privileged container each time. */
  readonly weaveReportAgain: Millis;
};

const TIMES: LookTimes = { answer: 5_000, better: 30_000, curlAgain: 15_000, weaveReportAgain: 60_000 };

/** A sighting that came from weave's own answer. */
type Seen = Extract<Sighting, { kind: 'report' | 'garbled' }>;
/** A way that gave no answer while another one may. */
type Barred = Extract<Attempt, { kind: 'refused' | 'blocked' }>;

const WAYS: readonly Via[] = ['status-port', 'control-port', 'curl', 'weave-report'];

/** Every way is barred, so what weave does is unknown: an account without rights must not look like a stopped weave. */
const allBarred = (obstacles: readonly Trouble[]): Trouble => ({
  kind: obstacles.find(({ kind }) => kind === 'no-shell')?.kind ?? obstacles.at(-1)?.kind ?? 'no-shell',
  layer: 'ssh',
  text: obstacles.map(({ text }) => text).join(' '),
});

export const createLooker = (
  link: PeerLink,
  peer: InventoryPeer,
  clock: Clock,
  times: LookTimes = TIMES,
  /** The same for all peers of a session, and never stored: hosts are compared by digests salted with it. */
  salt = '',
): PeerLooker => {
  /** The way that gave the last report, and until when it is taken without trying the better ones. */
  let settled: { readonly way: Via; readonly until: Millis } | null = null;
  /** Ways on which the projection was not understood. */
  const fullOnly = new Set<Via>();
  /** What a way that costs a process on the host said last, and until when that is taken for its answer. */
  const resting = new Map<Via, { readonly until: Millis; readonly said: Barred }>();
  /** `weave report` answers are used again for a while, with their true age. */
  let lastByScript: { readonly sighting: Sighting; readonly at: Millis } | null = null;

  const addressOf = (way: Via): HostPort =>
    way === 'status-port' ? peer.statusAddress : peer.controlAddress;

  const go = (way: Via, full: boolean): Promise<Attempt> => {
    const want: Want = { full, timeout: times.answer };
    switch (way) {
      case 'status-port':
      case 'control-port':
        return byPort(link.tunnel, addressOf(way), want);
      case 'curl':
        return byCurl(link.shell, [peer.statusAddress, peer.controlAddress], want);
      case 'weave-report':
        return byWeaveReport(link.shell, peer);
    }
  };

  /** A way's answer as a sighting, or why there is none. */
  const attempt = async (
    way: Via,
    seq: number,
    full: boolean,
  ): Promise<Seen | Exclude<Attempt, { kind: 'answer' }>> => {
    const wholly = full || way === 'weave-report' || fullOnly.has(way);
    const began = clock.now();
    let got = await go(way, wholly);
    let read = got.kind === 'answer' && got.ok ? readReport(got.body) : null;
    if (!wholly && got.kind === 'answer' && read?.kind !== 'report') {
      const whole = await go(way, true);
      const readWhole = whole.kind === 'answer' && whole.ok ? readReport(whole.body) : null;
      if (readWhole?.kind === 'report') fullOnly.add(way);
      got = whole;
      read = readWhole;
    }
    if (got.kind !== 'answer') return got;
    const at = clock.now();
    if (read?.kind === 'report')
      return { kind: 'report', seq, at, took: at - began, via: way, report: read.report };
    const why = read?.kind === 'garbled' ? read.why : got.problem;
    const excerpt = read?.kind === 'garbled' ? read.excerpt : clean(got.body.slice(0, 600), 200);
    return { kind: 'garbled', seq, at, via: way, why, excerpt };
  };

  /** How long not to ask again by a way that just said no. */
  const restOf = (way: Via, said: Barred, portsRefused: boolean): Millis => {
    if (way === 'weave-report') return times.weaveReportAgain;
    if (way !== 'curl') return 0;
    // Where the ports can be tried at each look, they will tell at once when weave is back.
    return said.kind === 'blocked' ? times.better : portsRefused ? times.curlAgain : 0;
  };

  const silent = (seq: number, why: Trouble): Sighting => ({ kind: 'silent', seq, at: clock.now(), why });

  const climb = async (seq: number, full: boolean): Promise<Sighting> => {
    const now = clock.now();
    const from = settled && now < settled.until ? WAYS.indexOf(settled.way) : 0;
    let garbled: Sighting | null = null;
    let refused: Trouble | null = null;
    const obstacles: Trouble[] = [];
    let curlRefused = false;

    for (const way of WAYS.slice(from)) {
      if (garbled && way !== 'control-port') break;
      // The script would say what curl said, at the price of a container.
      if (way === 'weave-report' && curlRefused) break;
      const rest = resting.get(way);
      const result = rest && clock.now() < rest.until ? rest.said : await attempt(way, seq, full);
      switch (result.kind) {
        case 'report': {
          const until = from === 0 ? clock.now() + times.better : (settled?.until ?? 0);
          settled = way === 'status-port' ? null : { way, until };
          if (way === 'weave-report') lastByScript = { sighting: result, at: clock.now() };
          return result;
        }
        case 'garbled':
          garbled ??= result;
          break;
        case 'failed':
          return silent(seq, result.why);
        case 'refused':
        case 'blocked':
          if (result !== rest?.said) {
            resting.set(way, { until: clock.now() + restOf(way, result, refused !== null), said: result });
          }
          if (result.kind === 'blocked') obstacles.push(result.why);
          else refused ??= result.why;
          curlRefused ||= way === 'curl' && result.kind === 'refused';
          break;
      }
    }
    settled = null;
    return garbled ?? silent(seq, refused ?? allBarred(obstacles));
  };

  return {
    look: async (seq, { full = false } = {}) => {
      if (settled?.way === 'weave-report' && lastByScript && !full) {
        if (clock.now() < lastByScript.at + times.better) return { ...lastByScript.sighting, seq };
      }
      return climb(seq, full);
    },

    probe: (seq) => probeHost(link.shell, peer, clock, seq, salt),

    log: (lines) => readHostLog(link.shell, peer, clock, lines),
  };
};
