import { type Evidence, TYPED_LENGTH } from '../../lock/consent.ts';
import { goneWithout, type LockRecord } from '../../lock/record.ts';
import type { LockView } from '../../session/maintenance/model.ts';
import type { Drawing, Scene } from '../drawing.ts';
import { leaseGlyph } from '../glyphs.ts';
import type { Short } from '../lock-sight.ts';
import type { Tone } from '../palette.ts';
import { workWords } from '../question.ts';
import type { Screen } from '../screens.ts';
import { blank, type Line, line, span } from '../spans.ts';
import { ago, callName } from '../words.ts';
import { wrap } from '../wrap.ts';
import { page } from './page.ts';
import { field, section } from './sections.ts';

const said = (text: string, columns: number, tone: Tone = 'plain'): readonly Line[] =>
  wrap(text, columns - 2).map((part) => line(` ${part}`, tone));

/** How long ago by the clock of a peer, in whole seconds. */
const sinceThen = (value: number | null): string =>
  value === null ? 'at an unknown time' : ago(value * 1000);

/** The leases in one line: on how many peers one lives, and when a holder was heard last. */
function leaseSummary(evidence: readonly Evidence[]): string {
  const seen = evidence.flatMap(({ lease }) => (lease === null ? [] : [lease]));
  const live = seen.filter(({ kind }) => kind === 'busy').length;
  const ages = seen.flatMap(({ beatAge }) => (beatAge === null ? [] : [beatAge]));
  const heard = ages.length === 0 ? '' : `; last heartbeat ${sinceThen(Math.min(...ages))}`;
  const unseen = evidence.length - seen.length;
  const rest = unseen === 0 ? '' : `; ${unseen} could not be asked`;
  return live > 0
    ? `held on ${live} of ${evidence.length} peers${heard}${rest}`
    : `free on ${seen.length} of ${evidence.length} peers${heard}${rest}`;
}

/** Who, from where, since when, doing what, which step. */
function recordLines(record: LockRecord, evidence: readonly Evidence[], columns: number): readonly Line[] {
  const step =
    record.step === null
      ? 'none was begun, so nothing was changed under it'
      : `${record.step.index} of ${record.step.of}: ${record.step.id}`;
  const of = record.target === null ? '' : ` of ${record.target}`;
  const without = goneWithout(record);
  return [
    ...field('who', record.who, columns, 'strong'),
    ...field('account', `${record.user} on the peers, weave-console ${record.version}`, columns),
    ...field('since', `${record.startedAt}, by the clock of a peer`, columns),
    ...field('doing', `${record.procedure}${of}`, columns, 'strong'),
    ...field('step', step, columns),
    ...field('reason', record.reason === '' ? 'none was given' : record.reason, columns),
    ...field('lease', leaseSummary(evidence), columns),
    ...(without.length === 0
      ? []
      : field('without', `${without.join(', ')}: it goes on with the survivors only`, columns, 'warn')),
    ...field('lock', `${record.id}, held for the ${ordinal(record.epoch)} time`, columns),
  ];
}

const ordinal = (n: number): string => {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  return `${n}${teen ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')}`;
};

const leaseWords = ({ lease }: Evidence): string => {
  if (lease === null) return 'lease unknown';
  const heard =
    lease.beatAge === null ? 'never heard since it started' : `last heard ${sinceThen(lease.beatAge)}`;
  return lease.kind === 'busy'
    ? `lease held, ${lease.beatAge === null ? 'no heartbeat yet' : heard}`
    : `lease free, ${heard}`;
};

const recordWords = ({ record, recordAge }: Evidence): string => {
  if (record === null) return 'record unknown';
  if (record === 'none') return 'no record';
  if (record === 'broken') return `record can't be read, written ${sinceThen(recordAge)}`;
  const step = record.step === null ? 'no step' : `step ${record.step.index}`;
  return `record of ${record.id.slice(0, TYPED_LENGTH)} (${step}, heartbeat ${record.beat}), written ${sinceThen(recordAge)}`;
};

function evidenceLines(scene: Scene, evidence: readonly Evidence[]): readonly Line[] {
  return evidence.flatMap((one) => {
    const parts = [
      leaseWords(one),
      recordWords(one),
      ...(one.running === null ? [] : [`${one.running} still runs there`]),
      ...(one.trouble === null ? [] : [one.trouble]),
    ];
    const name = callName(scene.model, one.peer);
    const who = name === one.peer ? one.peer : `${one.peer} ${name}`;
    const busy = one.lease?.kind === 'busy';
    const sign = leaseGlyph[one.lease === null ? 'unknown' : busy ? 'held' : 'free'];
    return wrap(`${who}: ${parts.join('; ')}`, scene.columns - 4).map(
      (part, index): Line => [
        index === 0 ? span(` ${sign} `, one.lease === null ? 'warn' : 'plain') : span('   '),
        span(part),
      ],
    );
  });
}

const titles: Readonly<Record<LockView['kind'], string>> = {
  free: 'free',
  held: 'held by a live session',
  'left-behind': 'left behind',
  broken: 'its record can not be read',
  'too-few': 'too few peers',
  unknown: 'unknown',
};

/** What a person can do where too few peers can be locked. */
function shortWays({ can, lock: { short } }: Scene, kind: 'too-few' | 'unknown'): readonly string[] {
  const mend = 'No change can be begun until enough peers can be locked. Mend that, then r asks again.';
  if (!can.begin) return [mend];
  if (short !== null) return [mend, survivorsWay(short)];
  return kind === 'unknown'
    ? [mend]
    : [
        mend,
        'Where who is missing is dead for good: begin to reclaim it (D on the grid). That is refused, too; then g here goes on with the survivors.',
      ];
}

/** Going on without a majority, or why that can't be. */
const survivorsWay = ({ work, shortage: { whyNot } }: Short): string =>
  whyNot === null
    ? `g: go on with the survivors, to ${workWords(work)} (the cluster's name is asked). Read below what each peer shows first.`
    : `Going on with the survivors is not possible: ${whyNot}`;

/** What a person can do about it, and what not. */
function waysOn(scene: Scene, view: LockView): readonly string[] {
  if (view.kind === 'free') return [];
  if (view.kind === 'held')
    return ['Nothing can be done here while that session lives: this console only looks. r asks again.'];
  if (view.kind === 'too-few' || view.kind === 'unknown') return shortWays(scene, view.kind);
  if (!scene.can.begin) return ['A maintenance is under way in this session: end it first.'];
  const leave = 'Esc: leave it as it is. Nobody can begin a change until then.';
  if (view.kind !== 'left-behind')
    return [
      "x: replace it (the cluster's name and a reason are asked). Look at the files on the peers first.",
      leave,
    ];
  const { short } = scene.lock;
  return [
    ...(short === null ? [] : [survivorsWay(short)]),
    ...(view.record === null
      ? []
      : ['u: resume that change; everything is looked at first, nothing is done twice.']),
    ...(view.record === null
      ? []
      : [
          `x: break it, where that change was put right by hand (type the first ${TYPED_LENGTH} characters of the lock's id, and a reason).`,
        ]),
    leave,
  ];
}

function viewLines(scene: Scene, view: LockView): readonly Line[] {
  const { columns } = scene;
  if (view.kind === 'free')
    return [
      ...said('Nobody holds the maintenance lock, and no change was left half done.', columns, 'good'),
      ...said(scene.can.begin ? 'A change takes it when it begins.' : '', columns),
    ];
  const record = 'record' in view ? view.record : null;
  const why = 'why' in view ? view.why : null;
  const heading: Readonly<Record<Exclude<LockView['kind'], 'free'>, string>> = {
    held: 'Somebody is changing the cluster now.',
    'left-behind':
      'A session ended in the middle of a change: nobody holds the lease any more, and its record is still there.',
    broken:
      'A record of the lock is there, and it can not be read. It counts as held, and nothing replaces it by itself.',
    'too-few': 'Not enough peers can be locked: the lock needs more than half of them.',
    unknown: 'What the lock says could not be seen.',
  };
  return [
    ...said(heading[view.kind], columns, view.kind === 'held' ? 'strong' : 'warn'),
    ...(why === null ? [] : said(why, columns)),
    ...(record === null
      ? view.kind === 'held'
        ? said('Its record is not written yet: it is just taking the lock.', columns)
        : []
      : [blank, ...recordLines(record, view.evidence, columns)]),
    ...section(
      'ways on',
      waysOn(scene, view).flatMap((text) => said(text, columns)),
    ),
    ...section('what each peer shows (ages by its own clock)', evidenceLines(scene, view.evidence)),
  ];
}

/** The maintenance lock: who has it, on what evidence, and the ways on. */
export function lockScreen(scene: Scene, at: Extract<Screen, { screen: 'lock' }>): Drawing {
  const { busy, refusal, view } = scene.lock;
  const { columns } = scene;
  const lines: readonly Line[] = [
    ...(busy === null || view !== null ? [] : said(`${busy}.`, columns, 'info')),
    ...(refusal === null ? [] : [...said(`Refused: ${refusal}`, columns, 'bad'), blank]),
    ...(view === null
      ? busy === null && refusal === null
        ? said('The peers were not asked yet: r asks.', columns)
        : []
      : viewLines(scene, view)),
  ];
  const state = view === null ? '' : `: ${titles[view.kind]}${busy === null ? '' : ', asking again'}`;
  return page(scene, 'lock', {
    title: line(`maintenance lock${state}`),
    lines,
    scroll: at.scroll,
    name: 'the lock screen',
  });
}
