import { describe, expect, it } from 'vitest';
import { remembered } from '../../source/program/last-change.ts';
import { accountOf } from '../../source/program/leaving.ts';
import {
  lockRecord,
  maintenanceModel,
  maintenanceModels,
  removing,
  sampleMaintenance,
  sampleWorkshop,
} from '../support/maintenance-views.ts';

const back = { command: 'weave-console resume --config /c.json' };
const told = (name: string, over: { closed?: boolean; asked?: string } = {}) => {
  const model = maintenanceModels[name];
  if (model === undefined) throw new RangeError(`there is no sample called ${name}`);
  const { lines, code } = accountOf({ model, closed: false, asked: null, ...over }, back);
  return { text: lines.join('\n'), code };
};

const stays =
  /The record of its lock stays on the peers: [^\n]*To go on with it:\n {2}weave-console resume --config \/c\.json$/;

describe('what is told of a change that was left', () => {
  it.each<readonly [sample: string, code: number, step: RegExp, what: RegExp]>([
    ['running', 8, /step 3 of \d+, /, /this step: Its command was running on 10\.0\.0\.13 and may go on/],
    ['uncertain', 8, /step 3 of \d+, /, /It may have happened, or not: the link to 10\.0\.0\.13 broke\./],
    ['verifying', 8, /step 4 of \d+, /, /Its command ended, and was not verified yet/],
    ['failedMaybe', 7, /step 4 of \d+, /, /did not come true in time\. It may have changed something\./],
    ['failedUnchanged', 7, /step \d of \d+, /, /The disk of 10\.0\.0\.16 is full\. It changed nothing\./],
    ['armed', 7, /step \d of \d+, /, /this step: It was not begun\./],
    ['armed', 7, /^Add 10\.0\.0\.16: left/, /\n {2}done: \S[^\n]*\n[\s\S]*What was done stands\./],
    ['paused', 7, /step 4 of \d+, /, /history show r20261123-a1/],
  ])('%s: exit code %i, where it stands, and how to resume it', (sample, code, step, what) => {
    const given = told(sample);
    expect(given.code).toBe(code);
    expect(given.text).toMatch(step);
    expect(given.text).toMatch(what);
    expect(given.text).toMatch(stays);
  });

  it('says that nothing was changed where that is so', () => {
    expect(told('blocked').text).toMatch(/this step: It was not begun\.\nNothing was changed\.\n/);
    expect(told('running').text).not.toMatch(/Nothing was changed/);
  });

  it('says that a command was sent before where the step is to be tried again', () => {
    const model = maintenanceModel({
      procedure: removing,
      at: 'reset',
      phase: { phase: 'checking', since: 1 },
    });
    const sent = { ...model, run: { ...model.run, sent: new Set(['reset']) } };
    const { lines } = accountOf({ model: sent, closed: false, asked: null }, back);
    expect(lines.join('\n')).toMatch(/Its command was sent before and may have run/);
  });

  it('names the last steps that were done, and counts those before', () => {
    const model = maintenanceModel({ at: 'end', ended: 'paused' });
    const { lines } = accountOf({ model, closed: true, asked: null }, back);
    const done = lines.filter((line) => line.startsWith('  done: '));
    expect(done).toHaveLength(7);
    expect(done[0]).toMatch(/ {2}done: \d+ more before these/);
  });

  it('says of a lock that was given back that it was, and of a prime what goes on', () => {
    const model = maintenanceModels.priming;
    if (model === undefined) throw new RangeError('no sample');
    const stopped = { ...model, run: { ...model.run, ended: { at: 1, how: 'paused' as const } } };
    const { lines, code } = accountOf({ model: stopped, closed: true, asked: null }, back);
    expect(code).toBe(7);
    expect(lines.join('\n')).toMatch(/weave prime on 10\.0\.0\.11 goes on by itself/);
    expect(lines.at(-1)).toBe('The lock was given back.');
    const early = accountOf({ model: stopped, closed: false, asked: null }, back);
    expect(early.lines.at(-1)).toMatch(/was not waited for: `weave-console lock show`/);
  });

  it('sends nobody to a lock that somebody else has', () => {
    const given = told('lost', { closed: true });
    expect(given.code).toBe(8);
    expect(given.text).toMatch(/The lock is not ours any more/);
    expect(given.text).not.toMatch(/resume/);
  });

  it('is silent where nothing is open', () => {
    expect(told('finished', { closed: true })).toEqual({ text: '', code: 0 });
    expect(accountOf({ model: null, closed: true, asked: null }, back)).toEqual({ lines: [], code: 0 });
  });

  it('tells of a lock that was being asked for, or given back', () => {
    expect(told('finished').text).toMatch(/Giving the lock back was not waited for/);
    const given = accountOf({ model: null, closed: true, asked: 'restart h1' }, back);
    expect(given.code).toBe(7);
    expect(given.lines.join('\n')).toMatch(
      /asked for the lock, to restart h1, [^\n]* No step of it was begun/,
    );
  });

  it('says why there is no way back where there is none', () => {
    const model = maintenanceModels.armed ?? null;
    const { lines } = accountOf({ model, closed: false, asked: null }, { whyNone: 'The demo ends.' });
    expect(lines.at(-1)).toBe('The demo ends.');
  });
});

describe('what a console keeps in mind', () => {
  const request = { kind: 'restart-peer', target: 'h1', reason: '' } as const;

  it('is the change that was begun last, and whether its lock was left', async () => {
    const maintenance = sampleMaintenance(maintenanceModel({ at: 'end', ended: 'paused' }));
    const { workshop, left } = remembered(
      sampleWorkshop({
        begin: async () => ({ ok: true, maintenance }),
        breakLock: async () => ({ ok: true }),
      }),
    );
    expect(left()).toEqual({ model: null, closed: true, asked: null });
    const begun = workshop.begin(request);
    expect(left().asked).toBe('restart h1');
    await begun;
    expect(left()).toEqual({ model: maintenance.snapshot(), closed: false, asked: null });
    maintenance.finish();
    await maintenance.ended;
    expect(left().closed).toBe(true);
    await workshop.breakLock({ kind: 'free' }, '', '');
    expect(left()).toEqual({ model: null, closed: true, asked: null });
  });

  it('is nothing of what was refused, also where that threw', async () => {
    const { workshop, left } = remembered(
      sampleWorkshop({
        begin: async () => ({ ok: false, why: 'no', lock: null, shortage: null }),
        resume: async () => {
          throw new Error('no way');
        },
      }),
    );
    await workshop.begin(request);
    await expect(workshop.resume(lockRecord)).rejects.toThrow('no way');
    expect(left()).toEqual({ model: null, closed: true, asked: null });
  });
});
