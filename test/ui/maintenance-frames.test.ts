import { describe, expect, it } from 'vitest';
import type { LockView, MaintenanceModel } from '../../source/session/maintenance/model.ts';
import { width } from '../../source/text/width.ts';
import { type Ask, isYesNo } from '../../source/ui/asking.ts';
import { draw, speak } from '../../source/ui/draw.ts';
import type { Scene } from '../../source/ui/drawing.ts';
import { type Short, unseenLock } from '../../source/ui/lock-sight.ts';
import { type Screen, start, theEnd, type UiState } from '../../source/ui/screens.ts';
import { painter, plainText } from '../../source/ui/spans.ts';
import {
  adding,
  armedBy,
  diff,
  judged,
  lockRecord,
  lockViews,
  longCommand,
  maintenanceModel,
  maintenanceModels,
  restarting,
  tooFew,
} from '../support/maintenance-views.ts';
import { NOW, sampleModel } from '../support/views.ts';

type Given = { readonly maintenance?: MaintenanceModel | null; readonly view?: LockView | null };

const scene = (columns: number, rows: number, { maintenance = null, view = null }: Given): Scene => ({
  model: sampleModel({ peers: 5 }),
  columns,
  height: rows - 1,
  options: { ascii: false, color: true, readOnly: false },
  can: {
    mischief: false,
    workshop: true,
    begin: maintenance === null || maintenance.run.ended !== null,
    maintenance: maintenance !== null,
  },
  maintenance,
  lock: { ...unseenLock, view },
  notice: null,
});

const checklist = (scroll = 0, anchor = ''): UiState => ({
  ...start,
  at: { screen: 'checklist', scroll, anchor },
  back: [{ screen: 'grid' }],
});
const lock: UiState = { ...start, at: { screen: 'lock', scroll: 0 }, back: [{ screen: 'grid' }] };

const modelOf = (name: string): MaintenanceModel => {
  const model = maintenanceModels[name];
  if (model === undefined) throw new RangeError(`there is no sample called ${name}`);
  return model;
};
const viewOf = (name: string): LockView => {
  const view = lockViews[name];
  if (view === undefined) throw new RangeError(`there is no lock view called ${name}`);
  return view;
};

const frame = (columns: number, rows: number, given: Given, state: UiState): readonly string[] =>
  draw(scene(columns, rows, given), state).lines.map((parts) => plainText(parts).trimEnd());
const shown = (name: string, columns = 140, rows = 40): string =>
  frame(columns, rows, { maintenance: modelOf(name) }, checklist()).join('\n');
/** Everything on the checklist, whatever the size of the screen. */
const whole = (name: string): string =>
  frame(99, 200, { maintenance: modelOf(name) }, checklist())
    .map((text) => text.trim())
    .join(' ')
    .replaceAll(/\s+/g, ' ');
const lockText = (name: string, columns = 140, rows = 60): string =>
  frame(columns, rows, { view: viewOf(name) }, lock)
    .join('\n')
    .replaceAll(/\s+/g, ' ');

const samples: readonly (readonly [string, Given, UiState])[] = [
  ...Object.entries(maintenanceModels).map(
    ([name, maintenance]) => [name, { maintenance }, checklist()] as const,
  ),
  ...Object.entries(lockViews).map(([name, view]) => [`lock ${name}`, { view }, lock] as const),
];

describe.each(samples)('%s', (_name, given, state) => {
  it.each([
    [60, 20],
    [80, 24],
    [140, 40],
    [40, 15],
    [20, 6],
  ])('fits into %ix%i and leaves the last line', (columns, rows) => {
    const { lines } = draw(scene(columns, rows, given), state);
    expect(lines).toHaveLength(rows - 1);
    for (const parts of lines) expect(width(plainText(parts))).toBeLessThanOrEqual(columns);
  });

  it('has no colour without colour, and only 7-bit characters in ASCII', () => {
    for (const columns of [80, 140]) {
      const { lines } = draw(scene(columns, 60, given), state);
      const colourless = lines.map(painter({ color: false, ascii: false })).join('\n');
      const codes = [...colourless.matchAll(/\u001B\[([\d;]*)m/g)].map((match) => match[1]);
      expect(codes.filter((code) => !['1', '22', '7', '27'].includes(code ?? ''))).toEqual([]);
      for (const parts of lines) {
        const text = painter({ color: false, ascii: true })(parts).replaceAll(/\u001B\[\d+m/g, '');
        expect(text).toMatch(/^[\x20-\x7e]*$/);
        expect(text).toHaveLength(width(plainText(parts)));
      }
    }
  });
});

describe('the checklist', () => {
  it('has the steps beside the step at hand where there is room, and in one line where there is not', () => {
    const wide = shown('armed');
    expect(wide).toMatch(/● done {9}1 Look at the cluster/);
    expect(wide).toMatch(/◎ done already 3 Install weave\.service/);
    expect(wide).toMatch(/▸○ armed {8}6 Put 10\.0\.0\.16 on .*10\.0\.0\.11/);
    expect(wide).toMatch(/ · waiting {6}7 /);
    for (const [columns, rows] of [
      [99, 40],
      [60, 20],
    ] as const) {
      const narrow = shown('armed', columns, rows);
      expect(narrow).toContain(' step 6/16 ○ armed  ●●◎●●○··········');
      expect(narrow).not.toContain('│');
    }
  });

  it('is usable at 60x20', () => {
    expect(frame(60, 20, { maintenance: modelOf('armedTyped') }, checklist())).toEqual([
      ' prod   MAINTENANCE  IPAM ready',
      expect.stringMatching(/^── Remove 10\.0\.0\.13 {2}step 3 of 13 ─+ ↓ \d+ more ──$/),
      ' step 3/13 ○ armed  ●●○··········',
      ' Reset weave on 10.0.0.13',
      ' ○ armed  on 10.0.0.13',
      ' Ready. It runs when you confirm it, and only then.',
      ' Its check passes, looked at 1s ago.',
      '',
      ' why',
      ' It hands all its addresses to one survivor, leaves the',
      ' network and removes its containers and data. Its exit code',
      ' says nothing of the hand-over: that is read from the',
      ' survivors, for half a minute.',
      '',
      ' exact command, on 10.0.0.13 (… continues a line)',
      "   sh -c 'WEAVE_HTTP_ADDR=$2; export WEAVE_HTTP_ADDR; weave=",
      '── moves ──────────────────── lock 5 of 5 peers, 3 needed ──',
      ' y let it go (type 10.0.0.13) #9   r look again   p pause',
      ' Esc back  c copy  l lock  ? help  q quit',
    ]);
  });

  it('shows the whole command, line for line, and what goes on with a line behind a sign', () => {
    const lines = frame(99, 200, { maintenance: modelOf('armed') }, checklist());
    const from = lines.findIndex((text) => text.startsWith(' exact command, on 10.0.0.11'));
    const to = lines.indexOf(' checks before it');
    const command = lines.slice(from + 1, to - 1);
    const joined = command
      .map((text) => (text.startsWith(' … ') ? text.slice(3) : `\n${text.slice(3)}`))
      .join('')
      .slice(1);
    expect(joined).toBe(longCommand.join('\n'));
    expect(command.filter((text) => text.startsWith(' … '))).not.toHaveLength(0);
  });

  it('reaches the last line of everything by scrolling', () => {
    const given = { maintenance: modelOf('armed') };
    const [step] = [given.maintenance.steps[given.maintenance.run.at]?.id];
    const end = frame(60, 20, given, checklist(theEnd, `${step}/before`)).join('\n');
    expect(end).toContain('s leave it out: This step can not be left out.');
    expect(end).not.toContain('↓');
  });

  it('begins another step at its top, wherever the one before it was scrolled to', () => {
    const given = { maintenance: modelOf('armed') };
    expect(frame(60, 20, given, checklist(30, 'preflight/before'))).toEqual(
      frame(60, 20, given, checklist()),
    );
  });

  it('signs and colours the lines of a diff', () => {
    const { lines } = draw(scene(99, 200, { maintenance: modelOf('armed') }), checklist());
    for (const [text, tone] of [
      [diff[0], 'plain'],
      [diff[1], 'bad'],
      [diff[2], 'good'],
    ] as const) {
      const found = lines.find((parts) => plainText(parts) === `   ${text}`);
      expect(found?.at(-1)).toEqual({ text, tone });
    }
  });

  it('gives each check with its word and reason, worst first, and what was decided about it', () => {
    const text = whole('blocked');
    expect(text).toContain('4 checks stand in the way.');
    expect(text).toContain(
      '✖ block Ports are open both ways: 10.0.0.16 can not reach TCP 6783 of 10.0.0.12: refused.',
    );
    expect(text).toContain('¿ unknown, never overridden One ring everywhere: No ring was seen on 10.0.0.14.');
    expect(text).toContain('▲ warn Clocks are near: The clock of 10.0.0.16 is 74 s behind the others.');
    expect(text).toContain('● pass Every member sees every other: All five see each other.');
    expect(text.indexOf('✖ block')).toBeLessThan(text.indexOf('▲ warn'));
    const { run } = modelOf('blocked');
    const model = {
      ...modelOf('blocked'),
      run: {
        ...run,
        acknowledged: new Map([
          ['preflight/clock', 'The clock of 10.0.0.16 is 74 s behind the others.'],
          ['preflight/disk', 'what it said before'],
        ]),
        overridden: new Map([['preflight/ports', '10.0.0.16 can not reach TCP 6783 of 10.0.0.12: refused.']]),
      },
    };
    const decided = frame(140, 60, { maintenance: model }, checklist()).join('\n');
    expect(decided).toContain('▲ warn, acknowledged');
    expect(decided.match(/acknowledged/g)).toHaveLength(1);
    expect(decided).toContain('✖ block, overridden');
    expect(decided).toContain('2 checks stand in the way.');
  });

  it('asks for k, not for patience, where only warnings are left', () => {
    const phase = {
      phase: 'blocked',
      since: NOW - 12_000,
      judged: [judged('clock', 'warn', 'It is 74 s behind.'), judged('mesh', 'pass', 'All see each other.')],
    } as const;
    const model = maintenanceModel({ at: 'preflight', phase });
    const text = frame(140, 60, { maintenance: model }, checklist()).join('\n');
    expect(text).toContain('1 warning is not acknowledged yet.');
    expect(text).toContain('k acknowledges each of them');
    expect(text).toContain('– y go on: 1 warning is not acknowledged yet.');
    expect(text).not.toContain('in the way');
    expect(text).not.toContain('by itself every few seconds');
  });

  it('says above the fold of a wait for a person how to go on without it', () => {
    const model = maintenanceModel({
      procedure: restarting,
      at: 'work',
      phase: {
        phase: 'verifying',
        since: NOW - 12_000,
        outcome: null,
        judged: [judged('back', 'block', 'It was not rebooted yet.')],
        heldSince: null,
      },
    });
    const lines = frame(60, 20, { maintenance: model }, checklist()).join(' ').replaceAll(/\s+/g, ' ');
    expect(lines).toContain(
      'Not yet: It was not rebooted yet. May be left out (s): The host was only worked on',
    );
    expect(whole('verifying')).not.toContain('May be left out (s)');
  });

  it('counts above a long command what was decided about the checks below it', () => {
    const all = [
      judged('mesh', 'pass', 'All see each other.'),
      judged('clock', 'warn', 'It is 74 s behind.'),
      judged('ports', 'block', 'Refused.'),
    ];
    const model = maintenanceModel({
      at: 'launch',
      phase: armedBy(9, adding, 'launch', all),
      acknowledged: new Map([['launch/clock', 'It is 74 s behind.']]),
    });
    const run = { ...model.run, overridden: new Map([['launch/ports', 'Refused.']]) };
    const words = frame(140, 40, { maintenance: { ...model, run } }, checklist()).join('\n');
    expect(words).toContain('1 of 3 checks pass, 1 acknowledged, 1 overridden; looked at 1s ago.');
    expect(words).not.toContain('checks pass, looked');
  });

  it.each([
    ['checking', 'Looking at the cluster and 10.0.0.11, 10.0.0.12'],
    ['checking', ' for 3s. One look takes '],
    ['armedLook', 'It only looks: confirming it changes nothing and goes on.'],
    ['running', 'Its command runs on 10.0.0.13 for 12s; it is given 2m at most.'],
    ['verifying', 'Waiting for 12s, 1m at most'],
    ['verifying', 'Not yet: 10.0.0.12 has no established link to 10.0.0.16 yet.'],
    ['verifying', 'exit code 0. That proves nothing'],
    ['holding', 'All of it is true for 9s; it has to stay so for 30s (waiting for 12s, 1m at most).'],
    ['uncertain', 'It may have happened, or not'],
    ['uncertain', 'the link to 10.0.0.13 broke.'],
    ['uncertain', 'what is true now ✖ block Both sides of every link say so'],
    ['failedUnchanged', 'The disk of 10.0.0.16 is full. Nothing was changed.'],
    ['failedMaybe', 'Something may have been changed on 10.0.0.16.'],
    ['failedMaybe', 'what is true now ✖ block'],
    ['failedMaybe', '10.0.0.16: Created symlink'],
    ['suspended', 'The lock is suspended: two of five peers answer. Nothing is let go.'],
    ['armedTyped', "let go by typing 10.0.0.13, since it can't be taken back"],
    ['armedTyped', 'looked at afterwards ·'],
    [
      'armedTyped',
      'within 1m, and then for 30s without a break; by what every peer reports, and a look at 10.0.0.13',
    ],
    ['armedTyped', 'to undo it by hand Can not be undone.'],
  ])('says of %s: %s', (name, sentence) => {
    expect(whole(name)).toContain(sentence);
  });

  it('gives every move: those possible with their key, the others with the reason', () => {
    const keys = ['y', 'Y', 'k', 'o', 'r', 't', 's', 'p'];
    for (const name of ['checking', 'blocked', 'armed', 'running', 'uncertain', 'failedMaybe', 'suspended']) {
      const model = modelOf(name);
      const text = shown(name);
      const moves = text.slice(text.indexOf('── moves'));
      for (const [index, { whyNot }] of model.moves.entries()) {
        if (whyNot === null) expect(moves).toMatch(new RegExp(` ${keys[index]} [a-z]`));
        else
          expect(moves).toMatch(new RegExp(` – ${keys[index]} .*: ${whyNot.replaceAll(/[.()]/g, '\\$&')}`));
      }
    }
  });

  it('puts the number of the arming beside the key, so that another arming is seen', () => {
    expect(shown('armed')).toContain(' y run it #7   Y run all of its kind');
    expect(shown('armedTyped')).toContain(' y let it go (type 10.0.0.13) #9');
  });

  it('calls pausing what it is where nothing was changed yet: the lock is given back', () => {
    const model = modelOf('blocked');
    const phases = model.run.phases.map((phase, index) =>
      index < model.run.at ? ({ phase: 'waiting' } as const) : phase,
    );
    const fresh = { ...model, run: { ...model.run, phases, sent: new Set<string>() } };
    const text = frame(140, 60, { maintenance: fresh }, checklist()).join('\n');
    expect(text).toContain('p stop here');
    expect(text).toContain('every few seconds; p ends');
    expect(shown('armed')).toContain('p pause');
  });

  it('says how much output is above the newest', () => {
    const text = shown('running');
    expect(text).toContain('13 earlier lines');
    expect(text).toContain('10.0.0.13: output line 19');
  });

  it('sums up at the end, with what is left to do before what is done', () => {
    const text = whole('finished');
    expect(text).toContain('Finished. The lock was given back.');
    expect(text).toContain('16 steps: 1 left out, 1 found done, 14 done.');
    expect(text).toContain('weave-console history show r20261123-a1; with --markdown');
    expect(text).toContain('left out – Have 10.0.0.12');
    expect(text).toContain('(left out: it restarts tonight)');
    expect(text).toContain('▲ Left to do: correct PEERS on 10.0.0.15.');
    expect(text).toContain('found done ◎ Install weave.service on 10.0.0.16');
    expect(text.indexOf('left out –')).toBeLessThan(text.indexOf(' done ● Look at the cluster'));
    expect(whole('paused')).toContain('Paused. The record of the lock stays on the peers');
    expect(whole('paused')).toContain('left to do ■ Start weave on 10.0.0.16');
    expect(whole('lost')).toContain('the lock is not ours any more');
    expect(whole('lost')).toContain('it may have happened: the link broke');
  });

  it('is told to a screen reader without a second column', () => {
    const text = speak(scene(140, 40, { maintenance: modelOf('armed') }), checklist());
    expect(text).toContain('step 6/16 ○ armed  ●●◎●●○··········');
    expect(text.join('\n')).toContain('y run it #7');
  });
});

describe('the header', () => {
  const top = (maintenance: MaintenanceModel | null, readOnly: boolean): string => {
    const base = scene(140, 40, { maintenance });
    return plainText(draw({ ...base, options: { ...base.options, readOnly } }, start).lines[0] ?? []);
  };

  it('says MAINTENANCE with the step while one is open, else READ-ONLY where nothing can be changed', () => {
    expect(top(modelOf('armed'), true)).toContain('MAINTENANCE Add 10.0.0.16, step 6/16');
    expect(top(modelOf('armed'), true)).not.toContain('READ-ONLY');
    expect(top(modelOf('suspended'), false)).toContain('LOCK SUSPENDED');
    expect(top(modelOf('finished'), false)).not.toContain('MAINTENANCE');
    expect(top(null, true)).toContain('READ-ONLY');
    expect(top(null, false)).not.toContain('READ-ONLY');
  });

  it.each([
    ['held', 'LOCK held by mara@bastion-2'],
    ['leftBehind', 'LOCK LEFT BEHIND (l)'],
    ['broken', 'LOCK UNREADABLE (l)'],
  ])('says of a lock that is %s, where it is not ours: %s', (name, words) => {
    const at = (maintenance: MaintenanceModel | null, view: LockView | null): string =>
      plainText(
        draw({ ...scene(140, 40, { maintenance }), lock: { ...unseenLock, view } }, start).lines[0] ?? [],
      );
    expect(at(null, lockViews[name] ?? null)).toContain(words);
    expect(at(modelOf('armed'), lockViews[name] ?? null)).not.toContain(words);
    expect(at(null, lockViews.free ?? null)).not.toContain('LOCK');
    expect(at(null, lockViews.unknown ?? null)).not.toContain('LOCK');
  });
});

describe('the lock screen', () => {
  it.each([
    ['free', 'Nobody holds the maintenance lock'],
    ['held', 'maintenance lock: held by a live session'],
    ['held', 'who mara@bastion-2'],
    ['held', 'account ops on the peers'],
    ['held', 'since 2026-11-23 11:41:07, by the clock of a peer'],
    ['held', 'doing remove-peer of 10.0.0.13'],
    ['held', 'step 3 of 15: reset'],
    ['held', 'lease held on 4 of 5 peers; last heartbeat 1s ago; 1 could not be asked'],
    ['held', 'Nothing can be done here while that session lives'],
    ['heldTaking', 'it is just taking the lock'],
    ['leftBehind', 'u: resume that change'],
    ['leftBehind', 'type the first 6 characters'],
    ['leftBehind', 'Esc: leave it as it is'],
    [
      'leftBehind',
      '10.0.0.11 h1: lease free, last heard 5m ago; record of k7f3a9 (step 3, heartbeat 812), written 5m ago',
    ],
    ['leftBehind', 'weave-reset still runs there'],
    ['leftBehind', '10.0.0.15 h5: lease unknown; record unknown; timed out after 5 s'],
    ['broken', 'the file is empty: “”'],
    ['broken', 'nothing replaces it by itself'],
    ['tooFew', '2 of 5 can be locked, 3 are needed'],
    ['unknown', 'may not use sudo on 10.0.0.11'],
  ])('%s: %s', (name, sentence) => {
    expect(lockText(name)).toContain(sentence);
  });

  it.each(['free', 'held', 'heldTaking', 'tooFew', 'unknown'])('offers no way to take what is %s', (name) => {
    expect(lockText(name)).not.toMatch(/\b[ux]: /);
  });

  it('offers none either while a maintenance of this session is open', () => {
    const given = { view: viewOf('leftBehind'), maintenance: modelOf('armed') };
    expect(frame(140, 60, given, lock).join('\n')).not.toMatch(/\b[ux]: /);
  });

  it('offers the survivors after a shortage only, and says what they would do', () => {
    expect(lockText('tooFew')).not.toMatch(/\bg: /);
    const offered = (name: string, of: Short) =>
      draw(
        { ...scene(140, 60, { view: viewOf(name) }), lock: { ...unseenLock, view: viewOf(name), short: of } },
        lock,
      )
        .lines.map((parts) => plainText(parts))
        .join('\n');
    expect(offered('tooFew', short)).toContain(
      "g: go on with the survivors, to reclaim 10.0.0.15 (the cluster's name is asked).",
    );
    const left: Short = { ...short, work: { kind: 'resume', record: lockRecord } };
    expect(offered('leftBehind', left)).toContain(
      'g: go on with the survivors, to resume remove-peer of 10.0.0.13',
    );
    expect(offered('tooFew', { ...short, shortage: { seen: tooFew, whyNot: 'Not so.' } })).toContain(
      'Going on with the survivors is not possible: Not so.',
    );
  });

  it('says without whom a holder goes on', () => {
    const record = { ...lockRecord, survivors: lockRecord.peers.slice(0, 2) };
    const held: LockView = { kind: 'held', record, evidence: [] };
    expect(frame(140, 60, { view: held }, lock).join(' ').replaceAll(/ +/g, ' ')).toContain(
      'without 10.0.0.13, 10.0.0.14, 10.0.0.15: it goes on with the survivors only',
    );
    expect(lockText('held')).not.toContain('survivors');
  });

  it('is said on the checklist and in the summary', () => {
    const alone = (name: string): MaintenanceModel => {
      const model = modelOf(name);
      const record = { ...model.lock.record, survivors: model.lock.record.peers.slice(0, 2) };
      return { ...model, lock: { ...model.lock, have: 2, need: 2, record } };
    };
    const text = (name: string) =>
      frame(99, 200, { maintenance: alone(name) }, checklist())
        .map((part) => part.trim())
        .join(' ');
    expect(text('armed')).toContain('lock 2 of 5 peers, 2 needed: survivors only');
    expect(text('finished')).toContain(
      'It went on with the survivors only: 10.0.0.13, 10.0.0.14, 10.0.0.15 could not be locked.',
    );
    expect(shown('finished')).not.toContain('survivors');
  });
});

const short: Short = {
  work: { kind: 'begin', request: { kind: 'reclaim-peer', target: '10.0.0.15', reason: '' } },
  shortage: { seen: tooFew, whyNot: null },
};

const asks: readonly Ask[] = [
  { kind: 'address' },
  { kind: 'reason', change: 'add-peer', target: '10.0.0.16' },
  { kind: 'begin', request: { kind: 'remove-peer', target: '10.0.0.13', reason: 'OPS-1' } },
  { kind: 'word', step: 'reset', title: 'Reset weave', undo: 'Can not be undone.', word: 'h3', ticket: 9 },
  { kind: 'acknowledge', step: 's', check: 'c', title: 'Clocks are near', because: '74 s behind.' },
  {
    kind: 'override-reason',
    step: 's',
    check: 'c',
    title: 'Ports are open',
    because: 'refused. '.repeat(60),
    cluster: 'prod',
  },
  {
    kind: 'override-name',
    step: 's',
    check: 'c',
    title: 'Ports are open',
    because: 'refused.',
    cluster: 'prod',
    reason: 'firewall opens tonight',
  },
  { kind: 'skip', step: 's', title: 'Forget it', optional: 'Harmless.' },
  { kind: 'pause', step: 's', frees: false, goesOn: null },
  { kind: 'pause', step: 's', frees: true, goesOn: 'weave prime on h1 goes on by itself.' },
  { kind: 'quit', running: '10.0.0.13', frees: false, goesOn: null },
  { kind: 'quit', running: null, frees: true, goesOn: 'weave prime on h1 goes on by itself.' },
  { kind: 'resume', record: lockRecord },
  { kind: 'break-word', view: viewOf('leftBehind'), word: 'k7f3a9', what: 'the first 6 characters' },
  { kind: 'break-reason', view: viewOf('leftBehind'), typed: 'k7f3a9' },
  { kind: 'survivors', short, cluster: 'prod' },
];

describe.each(asks.map((ask) => [ask.kind, ask] as const))('the question %s', (_kind, ask) => {
  const at: Screen = isYesNo(ask)
    ? { screen: 'question', ask }
    : { screen: 'prompt', ask, text: 'x'.repeat(300), wrong: 'That is not it.' };
  const state: UiState = { ...start, at, back: [{ screen: 'grid' }, checklist().at] };

  it.each([
    [60, 20],
    [80, 24],
    [140, 40],
    [30, 8],
  ])('stands at the foot of its screen at %ix%i', (columns, rows) => {
    const lines = frame(columns, rows, { maintenance: modelOf('armed') }, state);
    expect(lines).toHaveLength(rows - 1);
    for (const text of lines) expect(width(text)).toBeLessThanOrEqual(columns);
    const text = lines.join('\n');
    if (isYesNo(ask)) expect(text).toMatch(/ y [a-z]/);
    else expect(text).toMatch(/: …x+\s*$/m);
    if (rows >= 20) expect(lines[0]).toContain('MAINTENANCE');
  });
});
