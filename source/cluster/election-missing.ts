import { listed } from '../text/listed.ts';
import type { ClusterView, PeerView } from './cluster-view.ts';
import { retryWords } from './connection-info.ts';
import { lasting } from './findings/way-in.ts';

import type { PeerId } from './inventory.ts';
import { once } from './once.ts';
import type { Connection, PeerReport } from './peer-report.ts';
import { hostWord, isOutdated } from './peer-state.ts';
import { readingOf } from './reading.ts';
import { endpointOf, type Roster } from './roster.ts';

/** A configured peer that the primed one doesn't see. */
export type Missing = {
  readonly id: PeerId;
  readonly kind:
    | 'unseen'
    | 'silent'
    | 'stopped'
    | 'not-installed'
    | 'hung'
    | 'garbled'
    /** Another peer goes by its name. */
    | 'collision'
    /** Neither lists the other. */
    | 'unlisted'
    /** It answers here, and the connection between the two is not there. */
    | 'failed'
    | 'connecting'
    | 'apart';
  /** Why, as half a sentence of which it is the subject; without what changes by itself, such as the time of a next try. */
  readonly why: string;
  /** What the primed peer says of its connection to it, with its next try; null where it says nothing. */
  readonly link: string | null;
};

const calledIn = once(
  (view: ClusterView) =>
    new Map(
      view.peers.map(({ id, nickname: told, watch }) => {
        const nickname = told ?? watch.lastFacts?.facts.hostname ?? '';
        return [id, nickname === '' || nickname === id ? id : `${nickname} (${id})`];
      }),
    ),
);

/** How people call a configured peer: `h3 (10.0.0.13)`, or its address alone where nobody knows a nickname. */
export const called = (view: ClusterView, id: PeerId): string => calledIn(view).get(id) ?? id;

/** Several of them in a sentence. */
export const calledAll = (view: ClusterView, ids: readonly PeerId[]): string =>
  listed(ids.map((id) => called(view, id)));

type Primed = { readonly peer: number; readonly report: PeerReport | null };

/** Why the peer at `index` is not in the mesh of the primed one. */
export const missingFrom = (view: ClusterView, roster: Roster, primed: Primed, index: number): Missing => {
  const peer = view.peers[index] as PeerView;
  const row = rowOf(primed.report, roster, index);
  const { kind, why } = byHost(peer) ?? byLink(view, roster, primed, index, row);
  return { id: peer.id, kind, why, link: row === null ? null : linkWords(row) };
};

type Reason = Pick<Missing, 'kind' | 'why'>;

/** What keeps it away by itself, whatever the links say; null where it answers. */
const byHost = ({ state, watch }: PeerView): Reason | null => {
  const look = watch.look;
  switch (state) {
    case 'unseen':
      return { kind: 'unseen', why: 'has not been looked at yet' };
    case 'silent':
      return {
        kind: 'silent',
        why: `can't be reached by SSH${look?.kind === 'silent' ? ` (${lasting(look.why.text).replace(/\.$/, '')})` : ''}, so what weave does there is not known`,
      };
    case 'stopped':
      return stopped(watch);
    case 'hung':
      return { kind: 'hung', why: 'answers by SSH, and its weave runs and answers nothing' };
    case 'garbled':
      return {
        kind: 'garbled',
        why: `answers what can't be read${look?.kind === 'garbled' ? ` (${look.why})` : ''}`,
      };
    default:
      return null;
  }
};

const stopped = (watch: PeerView['watch']): Reason => {
  const { unit, container } = isOutdated(watch) ? { unit: null, container: null } : hostWord(watch);
  if (unit?.load === 'not-found' && container?.status === 'absent')
    return { kind: 'not-installed', why: 'has no weave installed as a unit, and none runs there' };
  const words = [
    ...(unit === null ? [] : [`the unit is ${unit.load === 'loaded' ? unit.active : unit.load}`]),
    ...(container === null
      ? []
      : [
          container.status === 'absent'
            ? 'there is no container'
            : `the container is ${container.status}${container.status === 'exited' && container.exitCode !== null ? ` with ${container.exitCode}` : ''}`,
        ]),
  ];
  return {
    kind: 'stopped',
    why: `has its weave stopped${words.length === 0 ? '' : ` (${words.join(', ')})`}`,
  };
};

const targetsOf = once(({ targets }: PeerReport) => new Set(targets.map(endpointOf)));

/** What keeps it away although it answers. */
const byLink = (
  view: ClusterView,
  roster: Roster,
  { peer, report }: Primed,
  index: number,
  row: Connection | null,
): Reason => {
  const id = roster.ids[index] ?? '';
  const from = called(view, roster.ids[peer] ?? '');
  const name = roster.names[index] ?? row?.peer?.name ?? null;
  const rivals = view.peers.filter((one) => one.id !== id && name !== null && one.name === name);
  if (row?.fault === 'name-collision' || rivals.length > 0) {
    const whose =
      rivals.length === 0
        ? 'another peer'
        : calledAll(
            view,
            rivals.map((one) => one.id),
          );
    return {
      kind: 'collision',
      why: `has the peer name ${name ?? 'that is'} of ${whose}, so weave lets only one of them in: one is a clone of the other`,
    };
  }
  if (report === null) return { kind: 'apart', why: `answers; what ${from} says of it is not known` };
  const theirs = view.peers[index]?.watch.look;
  const lists = (by: PeerReport, whom: PeerId) => targetsOf(by).has(endpointOf(whom));
  const listsBack = theirs?.kind === 'report' && lists(theirs.report, roster.ids[peer] ?? '');
  if (row === null && !lists(report, id))
    return listsBack
      ? {
          kind: 'apart',
          why: `is not on the list of ${from}, and its own dial has not come through${seenThere(view, roster, index)}`,
        }
      : { kind: 'unlisted', why: `is not on the list of ${from}, nor the other way round: nobody dials` };
  if (row !== null && (row.state === 'connecting' || row.state === 'pending'))
    return { kind: 'connecting', why: 'is being connected to' };
  if (row?.fault)
    return { kind: 'failed', why: `runs, and the connection to it fails${seenThere(view, roster, index)}` };
  return { kind: 'apart', why: `runs, and ${from} has no connection to it${seenThere(view, roster, index)}` };
};

/** `, while it sees h4 and h5`: which part of a cut network it is in. */
const seenThere = (view: ClusterView, roster: Roster, index: number): string => {
  const known = sights(view);
  const found = known.get(index) ?? sightOf(view, roster, index);
  known.set(index, found);
  return found;
};

/** What `seenThere` has said of the peers of a view, by index. */
const sights = once((_: ClusterView) => new Map<number, string>());

const sightOf = (view: ClusterView, roster: Roster, index: number): string => {
  const look = view.peers[index]?.watch.look;
  if (look?.kind !== 'report') return '';
  const { known } = readingOf(look.report, index, roster);
  const ids = roster.ids.filter((_, other) => other !== index && known[other] === 1);
  return ids.length === 0 ? ', while it sees nobody' : `, while it sees ${calledAll(view, ids)}`;
};

const RANK: readonly Connection['state'][] = ['established', 'pending', 'connecting', 'retrying', 'failed'];

/** The best row of the report for this peer, by whom it names or else by the address that was dialled. */
const rowOf = (report: PeerReport | null, roster: Roster, index: number): Connection | null =>
  report === null ? null : (bestRows(report, roster).get(index) ?? null);

const rowsBy = once((_: PeerReport) => new WeakMap<Roster, ReadonlyMap<number, Connection>>());

const bestRows = (report: PeerReport, roster: Roster): ReadonlyMap<number, Connection> => {
  const known = rowsBy(report).get(roster);
  if (known !== undefined) return known;
  const rank = ({ state }: Connection) => (RANK.indexOf(state) + RANK.length + 1) % (RANK.length + 1);
  const best = new Map<number, Connection>();
  for (const row of report.connections) {
    if (row.fault === 'ourself') continue;
    const dialled = row.outbound ? roster.byEndpoint(row.address) : null;
    const named = row.peer === null ? null : roster.byRef(row.peer);
    for (const index of [dialled, named]) {
      const before = index === null ? undefined : best.get(index);
      if (index !== null && (before === undefined || rank(row) < rank(before))) best.set(index, row);
    }
  }
  rowsBy(report).set(roster, best);
  return best;
};

const linkWords = ({ state, info, retry }: Connection): string => {
  const at = retry === null ? -1 : info.lastIndexOf(', retry: ');
  const said = (at === -1 ? info : info.slice(0, at)).trim();
  const next = retry === null ? '' : `, ${retryWords(retry)}`;
  return said === '' ? `${state}${next}` : `${state}: “${said}”${next}`;
};
