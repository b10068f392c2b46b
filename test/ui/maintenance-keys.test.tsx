import { describe, expect, it } from 'vitest';
import type { Finding } from '../../source/cluster/findings.ts';
import type { StepPhase } from '../../source/maintenance/run.ts';
import type { MaintenanceModel, Workshop } from '../../source/session/maintenance/model.ts';
import type { Model } from '../../source/session/model.ts';
import {
  adding,
  armedBy,
  judged,
  lockRecord,
  lockViews,
  maintenanceModel,
  maintenanceModels,
  removing,
  sampleMaintenance,
  sampleWorkshop,
  spare,
  tooFew,
} from '../support/maintenance-views.ts';
import { type Opened, openScreen } from '../support/screen.ts';
import { addressOf, NOW, sampleModel } from '../support/views.ts';

const esc = '\u001B';
const healthy = sampleModel({ peers: 5 });
const list = `list:${addressOf(0)}`;
const armedAt = (ticket: number): MaintenanceModel =>
  maintenanceModel({ at: list, phase: armedBy(ticket, adding, list) });
const sample = (name: string): MaintenanceModel => {
  const model = maintenanceModels[name];
  if (model === undefined) throw new RangeError(`there is no sample called ${name}`);
  return model;
};

type At = {
  readonly screen: Opened;
  readonly maintenance: ReturnType<typeof sampleMaintenance>;
  readonly workshop: ReturnType<typeof sampleWorkshop>;
  /** Waits for these words on the screen. */
  readonly sees: (...words: readonly string[]) => Promise<void>;
  /** Presses a key that is known to be followed, so that all that was pressed before has been. */
  readonly settle: () => Promise<void>;
  /** Waits for this sentence in the last line. */
  readonly tells: (sentence: string) => Promise<void>;
};

const finished = sample('finished');

async function withConsole(
  workshop: Workshop & { readonly asked: string[] },
  maintenance: ReturnType<typeof sampleMaintenance>,
  body: (at: At) => Promise<void>,
  size: readonly [number, number] = [100, 40],
  model: Model = healthy,
): Promise<void> {
  const screen = openScreen({
    model,
    columns: size[0],
    rows: size[1],
    workshop,
    options: { readOnly: false },
  });
  const sees = (...words: readonly string[]) =>
    screen.until((text) => words.every((word) => text.includes(word)), words.join(' and '));
  const settle = async (): Promise<void> => {
    await screen.press('?');
    await sees('one page down');
    await screen.press(esc);
    await screen.until((text) => !text.includes('one page down'), 'no help');
  };
  const tells = (sentence: string) =>
    screen.until(() => screen.lines()[size[1] - 2] === ` ${sentence}`, `${sentence} in the last line`);
  let over = false;
  void screen.ended.then(() => {
    over = true;
  });
  try {
    await sees('q quit');
    await body({ screen, maintenance, workshop, sees, settle, tells });
  } finally {
    // An open maintenance would ask before it lets the console go.
    maintenance.set(finished);
    if (!over) await screen.press('\u0003');
    await screen.ended;
  }
}

/** A console in which a maintenance was begun from the keyboard, and shows `first`. */
async function onChecklist(
  first: MaintenanceModel,
  body: (at: At) => Promise<void>,
  size?: readonly [number, number],
): Promise<void> {
  const maintenance = sampleMaintenance(first);
  const workshop = sampleWorkshop({ begin: async () => ({ ok: true, maintenance }) });
  await withConsole(
    workshop,
    maintenance,
    async (at) => {
      await at.screen.press('d');
      await at.sees('Remove 10.0.0.11', 'reason:');
      await at.screen.press('\r');
      await at.sees('Begin to remove 10.0.0.11?');
      await at.screen.press('y');
      await at.sees(first.run.procedure.title, 'step ');
      await body(at);
    },
    size,
  );
}

describe('beginning a change', () => {
  it('chooses a spare, takes a reason, and begins only by y', async () => {
    const maintenance = sampleMaintenance(armedAt(7));
    const workshop = sampleWorkshop({ begin: async () => ({ ok: true, maintenance }) });
    await withConsole(workshop, maintenance, async ({ screen, sees }) => {
      await screen.press('a');
      await sees(`▸ ${spare}`, 'another host: type its address');
      await screen.press('\r');
      await sees(`Add ${spare}`, 'May be left empty');
      await screen.press('OPS-7 \u001B');
      await sees('q quit');
      await screen.press('a');
      await sees(`▸ ${spare}`);
      await screen.press('\r');
      await sees('May be left empty');
      await screen.press('OPS-77');
      await sees('reason: OPS-77');
      await screen.press('\u007F');
      await screen.until((text) => /reason: OPS-7$/m.test(text), 'one character less');
      await screen.press('\r');
      await sees(`Begin to add ${spare}?`, 'Reason: OPS-7');
      await screen.press('\r');
      await screen.press(' ');
      await screen.press('n');
      await sees('q quit');
      expect(workshop.asked).toEqual([]);
      await screen.press('a');
      await sees(`▸ ${spare}`);
      await screen.press('\r');
      await sees('May be left empty');
      await screen.press('\r');
      await sees('No reason is given.');
      await screen.press('y');
      await sees('MAINTENANCE', 'Add 10.0.0.16  step 6 of 16');
      expect(workshop.asked).toEqual([`begin {"kind":"add-peer","target":"${spare}","reason":""}`]);
    });
  });

  it('takes a typed address, and refuses what weave would not take', async () => {
    const maintenance = sampleMaintenance(armedAt(7));
    await withConsole(sampleWorkshop({}), maintenance, async ({ screen, sees }) => {
      await screen.press('a');
      await sees(`▸ ${spare}`);
      await screen.press('j');
      await sees('▸ another host');
      await screen.press('\r');
      await sees('address:');
      await screen.press('$(rm)');
      await sees('address: $(rm)');
      await screen.press('\r');
      await sees('“$(rm)” is no address that weave takes.');
      await screen.press('10.9.9.9');
      await sees('address: 10.9.9.9');
      await screen.press('\r');
      await sees('Add 10.9.9.9', 'reason:');
    });
  });

  it('shows why it was refused, and the lock that stood in the way', async () => {
    const maintenance = sampleMaintenance(armedAt(7));
    const workshop = sampleWorkshop({
      begin: async () => ({
        ok: false,
        why: 'somebody else holds the lock',
        lock: lockViews.held ?? null,
        shortage: null,
      }),
    });
    await withConsole(workshop, maintenance, async ({ screen, sees }) => {
      await screen.press('d');
      await sees('reason:');
      await screen.press('\r');
      await sees('Begin to remove');
      await screen.press('y');
      await sees('Refused: somebody else holds the lock', 'mara@bastion-2', 'held by a live session');
      await screen.press('u');
      await sees('There is no lock that was left behind.');
      await screen.press('x');
      await screen.press(esc);
      await sees('a add', 'd remove');
    });
  });

  it('goes on with the survivors only after a shortage, when the name of the cluster was typed by hand', async () => {
    const maintenance = sampleMaintenance(armedAt(7));
    const workshop = sampleWorkshop({
      lock: async () => lockViews.tooFew ?? { kind: 'free' },
      begin: async (_request, survivors) =>
        survivors === undefined
          ? {
              ok: false,
              why: 'Two of five.',
              lock: lockViews.tooFew ?? null,
              shortage: { seen: tooFew, whyNot: null },
            }
          : { ok: true, maintenance },
    });
    await withConsole(workshop, maintenance, async ({ screen, sees, tells }) => {
      await screen.press('l');
      await sees('maintenance lock: too few peers', 'begin to reclaim it (D on the grid)');
      await screen.press('g');
      await tells(
        'No change was refused for too few peers: begin it first, then it can be asked again here.',
      );
      await screen.press(esc);
      await sees('a add', 'd remove');
      await screen.press('D');
      await sees('Reclaim 10.0.0.11', 'reason:');
      await screen.press('\r');
      await sees('Begin to reclaim 10.0.0.11?');
      await screen.press('y');
      await sees('Refused: Two of five.', 'g: go on with the survivors, to reclaim 10.0.0.11');
      await screen.press('g');
      await sees('Go on with the survivors, to reclaim 10.0.0.11?', '10.0.0.15 (no route to host)');
      await screen.press(`${esc}[200~prod${esc}[201~`);
      await sees('Pasted text is not taken here: type it.');
      for (const letter of 'Prod') await screen.press(letter);
      await screen.press('\r');
      await sees('That is not prod. Nothing was begun.');
      expect(workshop.asked.filter((one) => one.startsWith('begin'))).toHaveLength(1);
      for (const letter of 'prod') await screen.press(letter);
      await screen.press('\r');
      await sees('y run it #7');
      expect(workshop.asked.at(-1)).toContain('"typed":"prod"');
    });
  });

  it('says why nobody can go on with the survivors', async () => {
    const maintenance = sampleMaintenance(armedAt(7));
    const whyNot = 'No peer can be locked, so there is nobody to go on with.';
    const workshop = sampleWorkshop({
      lock: async () => lockViews.tooFew ?? { kind: 'free' },
      begin: async () => ({
        ok: false,
        why: 'None of five.',
        lock: lockViews.tooFew ?? null,
        shortage: { seen: tooFew, whyNot },
      }),
    });
    await withConsole(workshop, maintenance, async ({ screen, sees, tells }) => {
      await screen.press('D');
      await sees('reason:');
      await screen.press('\r');
      await sees('Begin to reclaim');
      await screen.press('y');
      await sees('Going on with the survivors is not possible: No peer can be locked');
      await screen.press('g');
      await tells(whyNot);
    });
  });

  it('says so when the workshop fails', () =>
    withConsole(sampleWorkshop({}), sampleMaintenance(armedAt(7)), async ({ screen, sees }) => {
      await screen.press('d');
      await sees('reason:');
      await screen.press('\r');
      await sees('Begin to remove');
      await screen.press('y');
      await sees('Refused: the test did not expect begin');
    }));

  it('goes on while somebody looks elsewhere, and w comes back', () =>
    onChecklist(armedAt(7), async ({ screen, sees, maintenance }) => {
      await screen.press(esc);
      await sees('▸ ● ready     10.0.0.11', 'MAINTENANCE', 'w maintenance');
      expect(screen.text()).not.toContain('a add');
      await screen.press('y');
      await screen.press('a');
      await screen.press('d');
      await screen.press('w');
      await sees('y run it #7');
      expect(maintenance.sent).toEqual([]);
    }));
});

describe('what mends a finding', () => {
  const stopped = (index: number, severity: 'warning' | 'info'): Finding => ({
    id: 'tcp-refused',
    severity,
    peers: [addressOf(index)],
    title: `Weave is stopped on h${index + 1}`,
    because: 'Nothing answers for weave.',
    remedy: 'Start it.',
    mend: { kind: 'restart-peer', target: addressOf(index) },
  });

  it('is begun from the findings by its key, on whom the screen says', () => {
    const maintenance = sampleMaintenance(finished);
    const model = sampleModel({ peers: 5, findings: [stopped(1, 'info'), stopped(3, 'warning')] });
    return withConsole(
      sampleWorkshop({}),
      maintenance,
      async ({ screen, sees }) => {
        // The cursor is on h1, and the lesser finding stands first in the view.
        await screen.press('f');
        await sees('R: restart h4', 'R on its page: restart h2');
        await screen.press('R');
        await sees(`Restart ${addressOf(3)}`, 'reason:');
      },
      undefined,
      model,
    );
  });

  it('is not begun where no finding is mended by it', () =>
    withConsole(sampleWorkshop({}), sampleMaintenance(finished), async ({ screen, sees, tells }) => {
      await screen.press('f');
      await sees('Nothing is wrong.');
      await screen.press('R');
      await tells('no finding here is mended by: restart');
    }));
});

describe('a session that only looks', () => {
  it('has no key of a maintenance, not in hints, help or palette', async () => {
    const screen = openScreen({ model: healthy, columns: 140, rows: 60 });
    await screen.until((text) => text.includes('q quit'), 'the grid');
    for (const key of ['a', 'd', 'l', 'w', 'y', 'u', 'x']) await screen.press(key);
    await screen.press('?');
    await screen.until((text) => text.includes('READ-ONLY: nothing here changes a peer.'), 'the help');
    expect(screen.text()).not.toMatch(/maintenance|lock:|a question|remove|add a peer/);
    await screen.press(esc);
    await screen.until((text) => !text.includes('one page down'), 'no help');
    await screen.press(':');
    await screen.until((text) => text.includes('actions: Enter chooses'), 'the palette');
    expect(screen.text()).not.toMatch(/maintenance|lock|remove|add a peer/);
    await screen.press('\u0003');
    await screen.ended;
  });
});

describe('confirming', () => {
  it('is done by y alone, with the ticket that is shown', () =>
    onChecklist(armedAt(7), async ({ screen, sees, settle, maintenance }) => {
      await sees('y run it #7');
      await screen.press('y');
      await settle();
      expect(maintenance.sent).toEqual([{ kind: 'confirmed', ticket: 7 }]);
    }));

  it.each([
    ['two keys', 'yy'],
    ['y and Enter', 'y\r'],
    ['y and an arrow', `y${esc}[B`],
    ['an arrow and y', `${esc}[By`],
    ['Esc and y', `${esc}y`],
    ['backspace and y', '\u007Fy'],
    ['a long chunk', 'yyyyyyyyyyyyyyyy'],
    ['a paste', `${esc}[200~y${esc}[201~`],
    ['a paste and y', `${esc}[200~x${esc}[201~y`],
    ['Enter', '\r'],
    ['a space', ' '],
    ['n', 'n'],
  ])('is not done by %s', (_name, chunk) =>
    onChecklist(armedAt(7), async ({ screen, sees, settle, maintenance }) => {
      await sees('y run it #7');
      await screen.press(chunk);
      await settle();
      expect(maintenance.sent).toEqual([]);
    }),
  );

  it('is not done by a key that came before the screen had drawn what it would confirm', () =>
    onChecklist(armedAt(7), async ({ screen, sees, settle, maintenance }) => {
      await sees('y run it #7');
      // The model is ahead of the screen: what is on it is the step with the old ticket.
      maintenance.set(armedAt(8));
      const pressed = screen.press('y');
      await pressed;
      await settle();
      await sees('y run it #8');
      const confirmed = maintenance.sent.filter(({ kind }) => kind === 'confirmed');
      expect(confirmed).toEqual([]);
      await screen.press('y');
      await settle();
      expect(maintenance.sent).toEqual([{ kind: 'confirmed', ticket: 8 }]);
    }));

  it('says why a step can not be let go', () =>
    onChecklist(sample('blocked'), async ({ screen, tells, maintenance }) => {
      await screen.press('y');
      await tells('4 checks stand in the way.');
      await screen.press('t');
      await tells('Only what failed or is uncertain can be tried again.');
      await screen.press('s');
      await tells('This step can not be left out.');
      expect(maintenance.sent).toEqual([]);
    }));

  it('lets a whole group go by Y', () =>
    onChecklist(armedAt(7), async ({ screen, sees, settle, maintenance }) => {
      await sees('Y run all of its kind');
      await screen.press('Y');
      await settle();
      expect(maintenance.sent).toEqual([{ kind: 'confirmed', ticket: 7, group: true }]);
    }));
});

describe('a step that can not be taken back', () => {
  const typed = maintenanceModel({ procedure: removing, at: 'reset', phase: armedBy(9, removing, 'reset') });
  const word = addressOf(2);

  it('asks for its word, and takes it only when it is typed, and right', () =>
    onChecklist(typed, async ({ screen, sees, settle, maintenance }) => {
      await sees(`y let it go (type ${word}) #9`);
      await screen.press('y');
      await sees("this can't be taken back", 'Can not be undone', `type ${word} to let it go:`);
      await screen.press('\r');
      await sees(`That is not ${word}. Nothing was done.`);
      await screen.press('y');
      await sees('to let it go: y');
      await screen.press('\r');
      await sees(`That is not ${word}. Nothing was done.`);
      await screen.press(`${esc}[200~${word}${esc}[201~`);
      await sees('Pasted text is not taken here: type it.');
      await screen.press(word);
      await sees('Pasted text is not taken here: type it.');
      await screen.press('\r');
      await sees(`That is not ${word}.`);
      expect(maintenance.sent).toEqual([]);
      for (const key of word.slice(0, -1)) await screen.press(key);
      await sees(`to let it go: ${word.slice(0, -1)}`);
      await screen.press(`${word.slice(-1)}\r`);
      await sees(`to let it go: ${word}`);
      expect(maintenance.sent).toEqual([]);
      await screen.press('\r');
      await sees('q quit');
      await settle();
      expect(maintenance.sent).toEqual([{ kind: 'confirmed', ticket: 9, typed: word }]);
    }));

  it('is not let go when it was armed anew while the word was typed', () =>
    onChecklist(typed, async ({ screen, sees, settle, maintenance }) => {
      await sees('#9');
      await screen.press('y');
      await sees('to let it go:');
      for (const key of word) await screen.press(key);
      await sees(`to let it go: ${word}`);
      maintenance.set(
        maintenanceModel({ procedure: removing, at: 'reset', phase: armedBy(10, removing, 'reset') }),
      );
      await sees('#10');
      await screen.press('\r');
      await sees('What stood on the screen has changed since.');
      await settle();
      expect(maintenance.sent).toEqual([]);
    }));
});

describe('warnings and checks that block', () => {
  const blockedBy = (...all: Extract<StepPhase, { phase: 'blocked' }>['judged']): MaintenanceModel =>
    maintenanceModel({ at: 'preflight', phase: { phase: 'blocked', since: NOW - 1, judged: all } });
  const clock = judged('clock', 'warn', 'It is 74 s behind.', { title: 'Clocks are near' });
  const ports = judged('ports', 'block', '6783 is refused.', { title: 'Ports are open' });
  const ring = judged('ring', 'block', 'Two rings.', { title: 'One ring', never: true });

  it('are acknowledged one at a time, with the sentence shown', () =>
    onChecklist(sample('blocked'), async ({ screen, sees, settle, maintenance }) => {
      await screen.press('k');
      await sees('Acknowledge this warning? Clocks are near', 'is 74 s behind the others.', 'n or Esc: no');
      await screen.press('\r');
      await screen.press('n');
      await sees('k acknowledge a warning');
      await screen.press('k');
      await sees('Acknowledge this warning?');
      await screen.press('yy');
      await sees('Acknowledge this warning?');
      await screen.press('y');
      await sees('k acknowledge a warning');
      await settle();
      expect(maintenance.sent).toEqual([{ kind: 'acknowledged', check: 'clock' }]);
    }));

  it('are not acknowledged when they say something else by then', () =>
    onChecklist(blockedBy(clock), async ({ screen, sees, settle, maintenance }) => {
      await screen.press('k');
      await sees('It is 74 s behind.', 'n or Esc: no');
      maintenance.set(blockedBy({ ...clock, because: 'It is 9000 s behind.' }));
      await screen.press('y');
      await sees('What stood on the screen has changed since.');
      await settle();
      expect(maintenance.sent).toEqual([]);
    }));

  it('are not acknowledged by keys typed ahead of the question', () =>
    onChecklist(blockedBy(clock), async ({ screen, sees, settle, maintenance }) => {
      await sees('Clocks are near');
      await screen.press('ky');
      await settle();
      expect(maintenance.sent).toEqual([]);
    }));

  it('are overridden by a reason and the name of the cluster', () =>
    onChecklist(blockedBy(ring, ports), async ({ screen, sees, settle, maintenance }) => {
      await screen.press('o');
      await sees('Override: Ports are open', '6783 is refused.');
      await screen.press('\r');
      await sees('A reason is needed');
      await screen.press('opens');
      await sees('reason: opens');
      await screen.press('\r');
      await sees("type the cluster's name, prod, to override it:", 'Reason: opens');
      await screen.press('Prod');
      await sees('to override it: Prod');
      await screen.press('\r');
      await sees('That is not prod. Nothing was overridden.');
      await screen.press('prod');
      await sees('to override it: prod');
      await screen.press('\r');
      await settle();
      expect(maintenance.sent).toEqual([
        { kind: 'overridden', check: 'ports', reason: 'opens', typed: 'prod' },
      ]);
    }));

  it('are never overridden where that can not be mended', () =>
    onChecklist(blockedBy(ring), async ({ screen, sees, tells, maintenance }) => {
      await sees('block, never overridden');
      await screen.press('o');
      await tells('What blocks can not be overridden by any reason.');
      expect(maintenance.sent).toEqual([]);
    }));
});

describe('other moves', () => {
  const optional = maintenanceModel({
    at: `connect:${addressOf(0)}`,
    phase: { phase: 'failed', since: NOW, why: 'It did not answer', judged: [], changed: 'maybe' },
  });

  it('looks again, tries again, and leaves out for a reason', () =>
    onChecklist(optional, async ({ screen, sees, settle, maintenance }) => {
      await screen.press('r');
      await screen.press('t');
      await screen.press('s');
      await sees('Leave out:', 'reason:');
      await screen.press('\r');
      await sees('A reason is needed');
      await screen.press(`${esc}[200~it restarts\r\ntonight${esc}[201~`);
      await sees('reason: it restartstonight');
      await screen.press('\r');
      await settle();
      expect(maintenance.sent).toEqual([
        { kind: 'look-again' },
        { kind: 'retry' },
        { kind: 'skip', reason: 'it restartstonight' },
      ]);
    }));

  it('pauses after a question only', () =>
    onChecklist(armedAt(7), async ({ screen, sees, settle, maintenance }) => {
      await screen.press('p');
      await sees('Pause this maintenance?', 'The record of the lock stays on the peers');
      await screen.press(esc);
      await sees('p pause');
      expect(maintenance.sent).toEqual([]);
      await screen.press('p');
      await sees('Pause this maintenance?');
      await screen.press('y');
      await settle();
      expect(maintenance.sent).toEqual([{ kind: 'pause' }]);
    }));

  it('scrolls, and copies the command as it is', () =>
    onChecklist(
      sample('armed'),
      async ({ screen, sees }) => {
        await sees('↓');
        await screen.press('G');
        await sees('This step can not be left out.');
        await screen.press('c');
        await sees('the command: copied');
        expect(screen.copied).toEqual([sample('armed').command.join('\n')]);
      },
      [60, 20],
    ));

  it('shows the end, and lets the next change begin', () =>
    onChecklist(armedAt(7), async ({ screen, sees, maintenance }) => {
      maintenance.set(finished);
      await sees('Finished. The lock was given back.', '--markdown');
      await screen.press('y');
      await sees('This maintenance is over.');
      await screen.press(esc);
      await sees('a add', 'd remove', 'w maintenance');
      expect(screen.text()).not.toContain('MAINTENANCE');
      await screen.press('q');
      await screen.ended;
    }));
});

describe('leaving', () => {
  it('asks once while a step is running, and says what becomes of it', () =>
    onChecklist(sample('running'), async ({ screen, sees }) => {
      for (const key of ['q', '\u0003']) {
        await screen.press(key);
        await sees(
          'Leave while a step is running?',
          'The command on 10.0.0.13 may go on',
          'record of the lock',
        );
        await screen.press('\r');
        await screen.press('q');
        await screen.press(esc);
        await screen.until((text) => !text.includes('Leave while'), 'no question');
      }
      await screen.press('q');
      await sees('Leave while a step is running?');
      await screen.press('y');
      await screen.ended;
      expect(screen.alternate()).toBe(false);
    }));

  it('takes a second Ctrl-C for yes once the question is read', () =>
    onChecklist(armedAt(7), async ({ screen, sees }) => {
      await screen.press('\u0003');
      await sees('Leave with a maintenance under way?', 'No command is running.');
      await screen.press('\u0003');
      await screen.ended;
    }));

  it('asks anew when the command ends under the question, or begins under it', () =>
    onChecklist(sample('running'), async ({ screen, sees, maintenance }) => {
      await screen.press('q');
      await sees('Leave while a step is running?');
      maintenance.set(sample('holding'));
      await sees('Leave with a maintenance under way?', 'No command is running.');
      maintenance.set(sample('running'));
      await sees('Leave while a step is running?');
      maintenance.set(finished);
      await sees('The maintenance is over meanwhile.');
      expect(screen.text()).not.toContain('Leave ');
      await screen.press('q');
      await screen.ended;
    }));

  it('asks no more whether to pause when a command runs, or the pause would mean something else', () =>
    onChecklist(sample('armedLook'), async ({ screen, sees, maintenance }) => {
      await screen.press('p');
      await sees('Stop here?', 'the lock is given back');
      maintenance.set(armedAt(7));
      await sees('Pause this maintenance?');
      maintenance.set(sample('running'));
      await sees('Its command is running: wait for it to end.');
      expect(screen.text()).not.toContain('Pause this maintenance?');
      expect(maintenance.sent).toEqual([]);
    }));

  it('is not done by two Ctrl-C in one chunk', () =>
    onChecklist(sample('running'), async ({ screen, sees }) => {
      await screen.press('\u0003\u0003');
      await sees('Leave while a step is running?');
      await screen.press('n');
      await screen.until((text) => !text.includes('Leave while'), 'no question');
    }));
});

describe('the lock, in passing', () => {
  it('is asked once everybody was looked at, and not again for a minute; what was left behind stands on the grid', async () => {
    const workshop = sampleWorkshop({ lock: async () => lockViews.leftBehind ?? { kind: 'free' } });
    await withConsole(workshop, sampleMaintenance(finished), async ({ screen, sees }) => {
      expect(workshop.asked).toEqual([]);
      screen.session.set({ ...healthy, now: NOW + 1_000 });
      await sees('LOCK LEFT BEHIND (l)');
      screen.session.set({ ...healthy, now: NOW + 40_000 });
      screen.session.set({ ...healthy, now: NOW + 62_000 });
      await screen.until(() => workshop.asked.length === 2, 'a second question');
      expect(workshop.asked).toEqual(['lock', 'lock']);
    });
  });
});

describe('the lock screen', () => {
  it('asks the peers, by r again, and by itself while somebody else holds it', async () => {
    let view = lockViews.held;
    const workshop = sampleWorkshop({ lock: async () => view ?? { kind: 'free' } });
    await withConsole(workshop, sampleMaintenance(finished), async ({ screen, sees }) => {
      await screen.press('l');
      await sees('held by a live session');
      await screen.press('r');
      await screen.until(() => workshop.asked.length === 2, 'a second question');
      view = { kind: 'free' };
      screen.session.set({ ...healthy, now: NOW + 4_000 });
      screen.session.set({ ...healthy, now: NOW + 6_000 });
      await sees('Nobody holds the maintenance lock', 'A change takes it when it begins.');
      expect(workshop.asked).toHaveLength(3);
    });
  });

  it('resumes what was left behind, after y', async () => {
    const maintenance = sampleMaintenance(sample('uncertain'));
    const workshop = sampleWorkshop({
      lock: async () => lockViews.leftBehind ?? { kind: 'free' },
      resume: async () => ({ ok: true, maintenance }),
    });
    await withConsole(workshop, maintenance, async ({ screen, sees }) => {
      await screen.press('l');
      await sees('left behind', 'mara@bastion-2');
      await screen.press('u');
      await sees('Resume remove-peer of 10.0.0.13?', 'n or Esc: no');
      await screen.press('\r');
      await screen.press('yy');
      await screen.press('n');
      await sees('u: resume that change');
      expect(workshop.asked).toEqual(['lock']);
      await screen.press('u');
      await sees('Resume remove-peer of 10.0.0.13?');
      await screen.press('y');
      await sees('MAINTENANCE', 'Remove 10.0.0.13  step ', '¿ uncertain');
      expect(workshop.asked).toEqual(['lock', `resume ${JSON.stringify(lockRecord)}`]);
    });
  });

  it('breaks it by the beginning of its id and a reason', async () => {
    const workshop = sampleWorkshop({
      lock: async () => lockViews.leftBehind ?? { kind: 'free' },
      breakLock: async () => ({ ok: true }),
    });
    await withConsole(workshop, sampleMaintenance(finished), async ({ screen, sees }) => {
      await screen.press('l');
      await sees('left behind', 'x: break it');
      await screen.press('x');
      await sees("type the first 6 characters of the lock's id, k7f3a9:");
      await screen.press('k7f3a8');
      await sees('k7f3a8');
      await screen.press('\r');
      await sees('That is not k7f3a9. The lock stays as it is.');
      await screen.press(`${esc}[200~k7f3a9${esc}[201~`);
      await sees('Pasted text is not taken here');
      await screen.press('k7f3a9');
      await sees('k7f3a9: k7f3a9');
      await screen.press('\r');
      await sees('Enter breaks the lock:');
      await screen.press('\r');
      await sees('A reason is needed');
      expect(workshop.asked).toEqual(['lock']);
      await screen.press('mended');
      await sees('Enter breaks the lock: mended');
      await screen.press('\r');
      await screen.until(() => workshop.asked.length === 3, 'the lock broken and looked at');
      expect(workshop.asked[1]).toBe(`break ${JSON.stringify(lockViews.leftBehind)} "k7f3a9" "mended"`);
    });
  });

  it('replaces a broken record by the name of the cluster, and can not resume it', async () => {
    const workshop = sampleWorkshop({ lock: async () => lockViews.broken ?? { kind: 'free' } });
    await withConsole(workshop, sampleMaintenance(finished), async ({ screen, sees }) => {
      await screen.press('l');
      await sees('its record can not be read');
      await screen.press('u');
      await sees('Which change it was can not be read');
      await screen.press('x');
      await sees("type the cluster's name, prod:");
    });
  });

  it('says what could not be asked', () =>
    withConsole(sampleWorkshop({}), sampleMaintenance(finished), async ({ screen, sees }) => {
      await screen.press('l');
      await sees('maintenance lock: unknown', 'the test did not expect lock');
    }));
});

describe('help', () => {
  it('lists the keys of a maintenance where there is one, and only what can be begun', () =>
    onChecklist(
      armedAt(7),
      async ({ screen, sees }) => {
        await screen.press('?');
        await sees(
          'let the step go that is shown',
          'acknowledge a warning',
          'pause it',
          'ask the peers again',
        );
        expect(screen.text()).not.toMatch(/add a peer|remove the peer/);
      },
      [120, 60],
    ));
});
