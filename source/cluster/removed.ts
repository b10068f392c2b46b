import { clean } from '../text/clean.ts';
import type { PeerId } from './inventory.ts';
import type { PeerName } from './peer-report.ts';
import type { PeerWatch } from './sighting.ts';

/** A line of STATEDIR/reclaimed on a survivor: written before `weave rmpeer NAME` is run, so it may not have been run. See `neverBegun`. */
export type Mark = {
  readonly name: PeerName;
  readonly address: PeerId;
  /** Of what may stand in a file name; empty where it is not known. */
  readonly nickname: string;
  /** By the clock of the host that has the mark, ms since 1970; null where it could not tell. */
  readonly at: number | null;
  /** The maintenance that wrote it. */
  readonly run: string;
  /** Which survivor was to run rmpeer; null where the mark does not say. */
  readonly executor: PeerId | null;
  /** Whether rmpeer was begun, or may have been: only the mark on the executor itself tells, for it is changed right before. */
  readonly begun: boolean;
};

/** A peer that was taken out of the cluster, and must not come back with the ring data that it had. */
export type Removed = Omit<Mark, 'executor' | 'begun'> & {
  /** By `rmpeer`, which leaves its old data on the host, or by `weave reset` there, which doesn't. */
  readonly how: 'rmpeer' | 'reset';
  /** Peers that have the mark; empty where only this machine's journal tells. */
  readonly marked: readonly PeerId[];
  readonly journal: boolean;
};

/** What the journals of this machine tell of peers that were removed. */
export type RemovalRecords = {
  readonly removed: readonly Omit<Removed, 'marked' | 'journal'>[];
  /**
   * Maintenances whose removal is settled, because the peer was added again or wiped since. By their ids and not by times:
   * a mark has the time of a peer's clock, and a journal that of its console's.
   */
  readonly lifted: ReadonlySet<string>;
  /** Journals that could not be read whole, so that a reclaim may be in them; the address is null where not even that is known. */
  readonly unread: readonly { readonly run: string; readonly address: PeerId | null }[];
};

/** Nothing on record. */
export const noRecords: RemovalRecords = { removed: [], lifted: new Set(), unread: [] };

/** Reads `NAME ADDRESS NICKNAME SECONDS RUN [EXECUTOR marked|begun]`; null for a line of any other form. */
export const readMark = (line: string): Mark | null => {
  const [name, address, nickname, seconds, run, ...more] = line.trim().split(/\s+/);
  if (name === undefined || address === undefined || nickname === undefined) return null;
  if (seconds === undefined || run === undefined || (more.length !== 0 && more.length !== 2)) return null;
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(name) || !/^\d{1,12}$/.test(seconds)) return null;
  if (!/^[\w.-]+$/.test(nickname) || !/^[\w-]+$/.test(run)) return null;
  const [executor, state = 'begun'] = more;
  if (state !== 'marked' && state !== 'begun') return null;
  return {
    name,
    address: clean(address, 300),
    nickname: nickname === '-' ? '' : nickname,
    at: seconds === '0' ? null : Number(seconds) * 1000,
    run,
    executor: executor === undefined ? null : clean(executor, 300),
    begun: state === 'begun',
  };
};

/**
 * Whether rmpeer was certainly never begun under a mark, by what each host has on record now: all that tell of it name the
 * same survivor, and that one itself has the mark, as not begun. Whatever is not known counts as begun.
 */
export const neverBegun = (
  told: ReadonlyMap<PeerId, readonly Mark[]>,
  { name, run, executor }: Mark,
): boolean => {
  const same = [...told].flatMap(([on, marks]) =>
    marks.filter((mark) => mark.name === name && mark.run === run).map((mark) => ({ on, ...mark })),
  );
  return (
    executor !== null &&
    same.every((mark) => mark.executor === executor && !mark.begun) &&
    same.some(({ on }) => on === executor)
  );
};

/**
 * All peers that were removed: by the marks that the peers' last facts show, and by this machine's journals. One entry for
 * each name and run. What was lifted since is left out, and so is a mark under which rmpeer was certainly never begun.
 */
export const removedOf = (
  watches: readonly PeerWatch[],
  records: RemovalRecords = noRecords,
): readonly Removed[] => {
  const found = new Map<string, Removed>();
  const key = ({ name, run }: Pick<Mark, 'name' | 'run'>): string => `${name} ${run}`;
  // What a host showed before it fell silent may have changed since.
  const now = new Map(
    watches.flatMap(({ peer, facts }) =>
      facts?.kind === 'facts' && facts.facts.reclaimed.known
        ? [[peer.address, facts.facts.reclaimed.value] as const]
        : [],
    ),
  );
  for (const watch of watches) {
    const marks = watch.lastFacts?.facts.reclaimed;
    for (const mark of marks?.known ? marks.value : []) {
      if (neverBegun(now, mark)) continue;
      const marked = [...(found.get(key(mark))?.marked ?? []), watch.peer.address];
      const { executor: _, begun: __, ...told } = mark;
      found.set(key(mark), { ...told, how: 'rmpeer', marked, journal: false });
    }
  }
  for (const one of records.removed) {
    const marked = found.get(key(one))?.marked ?? [];
    found.set(key(one), { ...one, marked, journal: true });
  }
  return [...found.values()].filter(({ run }) => !records.lifted.has(run));
};
