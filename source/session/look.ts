import { readHostFacts } from '../cluster/host-facts.ts';
import type { HostPort, InventoryPeer } from '../cluster/inventory.ts';
import { readReport } from '../cluster/peer-report.ts';
import type { FactsSighting, Sighting, Via } from '../cluster/sighting.ts';
import type { Millis, Trouble } from '../cluster/trouble.ts';
import { readLog } from '../commands/log.ts';
import { probeCommand } from '../commands/probe.ts';
import type { Clock, PeerLink } from '../ports.ts';
import { clean, cleanLines } from '../text/clean.ts';
import type { LogLines } from './model.ts';
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

const WAYS: readonly Via[] = ['status-port', 'control-port', 'curl', 'weave-report'];

export const createLooker = (
  link: PeerLink,
  peer: InventoryPeer,
  clock: Clock,
  times: LookTimes = TIMES,
): PeerLooker => {
  /** The way that gave the last report, and until when it is taken without trying the better ones. */
  let settled: { readonly way: Via; readonly until: Millis } | null = null;
  /** Ways on which the projection was not understood. */
  const fullOnly = new Set<Via>();
  let curlNotBefore = 0;
  /** curl has said that nothing listens: the script would say the same, at the price of a container. */
  let curlRefused = false;
  let weaveReportNotBefore = 0;
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

  /** A way's answer as a sighting, or why the next way is to be tried. */
  const attempt = async (way: Via, seq: number, full: boolean): Promise<Sighting | Attempt> => {
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

  /** Whether this way is worth a try after what the ways before it said. */
  const isDue = (way: Via, listens: boolean | null): boolean => {
    const now = clock.now();
    if (way === 'curl') return listens !== false || now >= curlNotBefore;
    if (way === 'weave-report') return !curlRefused && now >= weaveReportNotBefore;
    return true;
  };

  const silent = (seq: number, why: Trouble): Sighting => ({ kind: 'silent', seq, at: clock.now(), why });

  const climb = async (seq: number, full: boolean): Promise<Sighting> => {
    const now = clock.now();
    const from = settled && now < settled.until ? WAYS.indexOf(settled.way) : 0;
    let garbled: Sighting | null = null;
    let refused: Trouble | null = null;
    let obstacle: Trouble | null = null;
    /** false once a port or curl has said that nothing listens. */
    let listens: boolean | null = null;

    for (const way of WAYS.slice(from)) {
      if (garbled && way !== 'control-port') break;
      if (!isDue(way, listens)) continue;
      const result = await attempt(way, seq, full);
      switch (result.kind) {
        case 'report': {
          const keep = from === 0 ? clock.now() + times.better : (settled?.until ?? 0);
          settled = way === 'status-port' ? null : { way, until: keep };
          curlRefused = false;
          if (way === 'weave-report') lastByScript = { sighting: result, at: clock.now() };
          return result;
        }
        case 'garbled':
          garbled ??= result;
          break;
        case 'refused':
          refused ??= result.why;
          listens = false;
          if (way === 'curl') {
            curlRefused = true;
            curlNotBefore = clock.now() + times.curlAgain;
          }
          break;
        case 'blocked':
          obstacle ??= result.why;
          break;
        case 'failed':
          return silent(seq, result.why);
        case 'answer':
          break;
        case 'silent':
          return result;
      }
      if (way === 'weave-report') weaveReportNotBefore = clock.now() + times.weaveReportAgain;
    }
    settled = null;
    const why = refused ?? obstacle;
    return (
      garbled ?? silent(seq, why ?? { kind: 'refused', layer: 'weave', text: 'weave does not answer there.' })
    );
  };

  return {
    look: async (seq, { full = false } = {}) => {
      if (settled?.way === 'weave-report' && lastByScript && !full) {
        if (clock.now() < lastByScript.at + times.better) return { ...lastByScript.sighting, seq };
      }
      return climb(seq, full);
    },

    probe: async (seq) => {
      const began = clock.wall();
      const outcome = await link.shell.read(probeCommand(peer));
      const ended = clock.wall();
      const at = clock.now();
      const none = (why: Trouble): FactsSighting => ({ kind: 'none', seq, at, why });
      const trouble = (kind: Trouble['kind'], text: string) =>
        none({ kind, layer: 'ssh', text: `${peer.host}: ${text}` });
      switch (outcome.kind) {
        case 'unsent':
        case 'lost':
          return none(outcome.why);
        case 'killed':
          return trouble('closed', `the probe was killed by ${clean(outcome.signal, 40)}.`);
        case 'exited': {
          const read = readHostFacts(outcome.stdout, peer.environmentFile);
          if (read.kind === 'facts') {
            const { clock: remote } = read.facts;
            const skew = remote.known ? Math.round(remote.value - (began + ended) / 2) : null;
            return { kind: 'facts', seq, at, facts: read.facts, skew };
          }
          const said = read.excerpt || clean(outcome.stderr.slice(0, 400), 200) || 'nothing';
          return read.began
            ? trouble('protocol', `${read.why}.`)
            : trouble(
                'no-shell',
                `this account can't run commands (exit code ${outcome.code}; it said: ${said}). What a shell would tell is unknown.`,
              );
        }
      }
    },

    log: async (lines) => {
      const outcome = await link.shell.read(readLog(peer, lines), { maxBytes: 1024 * 1024 });
      const at = clock.now();
      if (outcome.kind === 'exited' && outcome.code === 0) {
        return { kind: 'there', at, lines: cleanLines(outcome.stdout, lines, 500) };
      }
      const why =
        outcome.kind === 'exited'
          ? `journalctl on ${peer.host} ended with exit code ${outcome.code}: ${clean(outcome.stderr.slice(0, 600), 300)}`
          : outcome.kind === 'killed'
            ? `journalctl on ${peer.host} was killed by ${clean(outcome.signal, 40)}.`
            : outcome.why.text;
      return { kind: 'failed', at, why };
    },
  };
};
