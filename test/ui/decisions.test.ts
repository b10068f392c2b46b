import { describe, expect, it, vi } from 'vitest';
import { type Around, decisions } from '../../source/ui/decisions.ts';
import { Glass, nothingToAnswer } from '../../source/ui/glass.ts';
import { unseenLock } from '../../source/ui/lock-sight.ts';
import { reduce, start, type UiState } from '../../source/ui/screens.ts';
import { maintenanceModels, sampleMaintenance } from '../support/maintenance-views.ts';
import { addressOf } from '../support/views.ts';

/** Decisions about one sample, with a terminal that shows only what `glass` was told. */
function deciding(name: string) {
  const model = maintenanceModels[name];
  if (model === undefined) throw new RangeError(`there is no sample called ${name}`);
  const maintenance = sampleMaintenance(model);
  const glass = new Glass();
  const at = { screen: 'checklist', scroll: 0, anchor: '' } as const;
  let state: UiState = { ...start, at, back: [{ screen: 'grid' }] };
  let left = 0;
  const desk = { maintenance, lock: unseenLock };
  const around: Around = {
    desk: {
      state: desk,
      current: () => desk,
      running: () => maintenance.snapshot(),
      lookAtLock: () => {
        throw new Error('the lock was not to be asked');
      },
      peekAtLock: () => {
        throw new Error('the lock was not to be asked');
      },
      work: () => {
        throw new Error('nothing was to be begun');
      },
    },
    glass,
    current: () => state,
    send: (event) => {
      state = reduce(state, event, { ids: [], page: 1, maxScroll: 0, maxLeft: 0 });
    },
    onQuit: () => {
      left += 1;
    },
    ids: () => [],
    mends: () => [],
    primed: (id) => id,
    elected: () => null,
    cluster: () => 'prod',
  };
  return {
    ...decisions(around),
    maintenance,
    glass,
    state: () => state,
    left: () => left,
    /** The terminal catches up with the question that is asked. */
    drawn: () => {
      glass.drawn({ ...nothingToAnswer, ask: 'ask' in state.at ? state.at.ask : null });
    },
  };
}

describe('a question', () => {
  it('is answered only when it was on the terminal', () => {
    const given = deciding('blocked');
    given.decide('acknowledge');
    given.decide('yes');
    expect(given.maintenance.sent).toEqual([]);
    given.drawn();
    given.decide('yes');
    expect(given.maintenance.sent).toEqual([]);
    given.glass.written();
    given.decide('yes');
    expect(given.maintenance.sent).toEqual([{ kind: 'acknowledged', check: 'clock' }]);
    expect(given.state().at.screen).toBe('checklist');
  });

  it('about leaving is not answered by a Ctrl-C that came before it was read', () => {
    const given = deciding('running');
    given.quit();
    given.quit();
    expect(given.left()).toBe(0);
    given.drawn();
    given.glass.written();
    given.quit();
    expect(given.left()).toBe(1);
  });
});

describe('leaving a prime that waits', () => {
  const asked = () => {
    const given = deciding('priming');
    given.quit();
    given.drawn();
    given.glass.written();
    return given;
  };

  it('says what goes on, and gives the lock back before it goes', () => {
    const given = asked();
    const { at } = given.state();
    expect('ask' in at ? at.ask : null).toEqual({
      kind: 'quit',
      running: null,
      frees: true,
      goesOn: `weave prime on ${addressOf(0)} goes on by itself; prime it again to watch it again.`,
    });
    given.quit();
    expect(given.maintenance.sent).toEqual([{ kind: 'pause' }]);
    expect(given.left()).toBe(0);
    given.maintenance.finish();
    return vi.waitFor(() => expect(given.left()).toBe(1), { timeout: 30_000 });
  });

  it('waits for nobody where a person wants to be gone', () => {
    const given = asked();
    given.decide('yes');
    const model = given.maintenance.snapshot();
    given.maintenance.set({ ...model, moves: [], run: { ...model.run, ended: { at: 1, how: 'paused' } } });
    given.quit();
    expect([given.maintenance.sent, given.left()]).toEqual([[{ kind: 'pause' }], 1]);
  });
});

describe('a ticket', () => {
  it('is taken from the terminal, not from the newest model', () => {
    const given = deciding('armed');
    given.decide('confirm');
    expect(given.maintenance.sent).toEqual([]);
    expect(given.state().notice).toContain('has changed since');
    given.glass.drawn({ ticket: 6, ask: null });
    given.glass.written();
    given.decide('confirm');
    expect(given.maintenance.sent).toEqual([]);
    given.glass.drawn({ ticket: 7, ask: null });
    given.decide('confirm');
    expect(given.maintenance.sent).toEqual([]);
    given.glass.written();
    given.decide('confirm');
    expect(given.maintenance.sent).toEqual([{ kind: 'confirmed', ticket: 7 }]);
  });
});
