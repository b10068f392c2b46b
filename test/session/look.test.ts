import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Trouble } from '../../source/cluster/trouble.ts';
import type { Outcome } from '../../source/commands/command.ts';
import { PROBE_BEGIN, PROBE_END } from '../../source/commands/probe-script.ts';
import type { TunnelAnswer } from '../../source/ports.ts';
import { createLooker } from '../../source/session/look.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { type FakeHost, fakeLink } from '../support/fake-link.ts';
import { inventoryPeer } from '../support/inventory-peer.ts';

const FULL = readFileSync('test/fixtures/traces/03-primed-5of5/a-primed/h1.report.json', 'utf8');
const BRIEF = readFileSync('test/fixtures/traces/16-http/report-projection.out', 'utf8');
const STATUS = '127.0.0.1:6782';
const CONTROL = '127.0.0.1:6784';

const trouble = (kind: Trouble['kind'], layer: Trouble['layer'] = 'ssh'): Trouble => ({
  kind,
  layer,
  text: `why: ${kind}`,
});
const answered = (status: number, body: string): TunnelAnswer => ({
  kind: 'answered',
  status,
  body,
  took: 1,
});
const refused: TunnelAnswer = { kind: 'closed-port', prohibited: false, why: trouble('refused', 'weave') };
const prohibited: TunnelAnswer = { kind: 'closed-port', prohibited: true, why: trouble('refused', 'weave') };
const exited = (code: number, stdout = '', stderr = ''): Outcome => ({
  kind: 'exited',
  code,
  stdout,
  stderr,
  took: 1,
});
const noShell: Outcome = { kind: 'unsent', why: trouble('no-shell') };

/** Answers as weave 2.8.1 does. */
const weave = ({ path }: { path: string }) => answered(200, path.includes('format=') ? BRIEF : FULL);

const lookAt = (host: FakeHost, clock = fakeClock()) => {
  const { link, asked } = fakeLink(host);
  const looker = createLooker(link, inventoryPeer(), clock.clock);
  let seq = 0;
  return {
    asked,
    clock,
    looker,
    look: (options?: { full: boolean }) => {
      seq += 1;
      asked.length = 0;
      return looker.look(seq, options);
    },
  };
};

describe('the ladder', () => {
  it('asks the status port for the projection, and nothing else', async () => {
    const { look, asked } = lookAt({ ports: { [STATUS]: weave } });
    expect(await look()).toMatchObject({
      kind: 'report',
      seq: 1,
      via: 'status-port',
      report: { nickname: 'h1' },
    });
    expect(asked).toEqual([`${STATUS} projection`]);
  });

  it('asks for all of the report where somebody wants what others say', async () => {
    const { look, asked } = lookAt({ ports: { [STATUS]: weave } });
    const sighting = await look({ full: true });
    expect(sighting.kind === 'report' && sighting.report.peers[0]?.links?.length).toBe(4);
    expect(asked).toEqual([`${STATUS} full`]);
  });

  it('takes the control port when nothing listens on the status port, stays, and looks up again later', async () => {
    const { look, asked, clock } = lookAt({ ports: { [STATUS]: () => refused, [CONTROL]: weave } });
    expect(await look()).toMatchObject({ kind: 'report', via: 'control-port' });
    expect(asked).toEqual([`${STATUS} projection`, `${CONTROL} projection`]);
    await look();
    expect(asked).toEqual([`${CONTROL} projection`]);
    await clock.advance(31_000);
    await look();
    expect(asked).toEqual([`${STATUS} projection`, `${CONTROL} projection`]);
  });

  it('takes curl where forwarding is not allowed', async () => {
    const { look, asked } = lookAt({
      ports: { [STATUS]: () => prohibited, [CONTROL]: () => prohibited },
      commands: { 'report-by-curl': () => exited(0, `${BRIEF}\n200\n`) },
    });
    expect(await look()).toMatchObject({ kind: 'report', via: 'curl' });
    await look();
    expect(asked).toEqual(['report-by-curl']);
  });

  it('takes `weave report` where there is no curl, but not at every look', async () => {
    const { look, asked, clock } = lookAt({
      ports: { [STATUS]: () => prohibited, [CONTROL]: () => prohibited },
      commands: {
        'report-by-curl': () => exited(127, '', 'sh: curl: not found'),
        'weave-report': () => exited(0, FULL),
      },
    });
    const first = await look();
    expect(first).toMatchObject({ kind: 'report', via: 'weave-report', seq: 1 });
    await clock.advance(2000);
    expect(await look()).toMatchObject({ kind: 'report', seq: 2, at: first.at });
    expect(asked).toEqual([]);
    await clock.advance(30_000);
    expect(await look()).toMatchObject({ kind: 'report', seq: 3, at: first.at + 32_000 });
    expect(asked).toContain('weave-report');
  });
});

describe('a server that does not know the projection', () => {
  it.each<[string, TunnelAnswer]>([
    ['refuses it', answered(400, 'error: must supply one format parameter')],
    ['does not find it', answered(404, 'not found')],
    ['answers something else', answered(200, '<html>')],
    ['fails on it half-way', answered(200, BRIEF.slice(0, 300))],
  ])('%s: the full report, and it is remembered', async (_, refusal) => {
    const { look, asked } = lookAt({
      ports: { [STATUS]: ({ path }) => (path.includes('format=') ? refusal : answered(200, FULL)) },
    });
    expect(await look()).toMatchObject({ kind: 'report', via: 'status-port' });
    expect(asked).toEqual([`${STATUS} projection`, `${STATUS} full`]);
    await look();
    expect(asked).toEqual([`${STATUS} full`]);
  });

  it('ignores the query and gives everything: that is a report', async () => {
    const { look, asked } = lookAt({ ports: { [STATUS]: () => answered(200, FULL) } });
    expect(await look()).toMatchObject({ kind: 'report', via: 'status-port' });
    expect(asked).toEqual([`${STATUS} projection`]);
  });

  it('has no report at all: garbled, with what it said, unless the control port has one', async () => {
    const html = () => answered(200, '<html>\u001b[31mhello');
    const { look } = lookAt({ ports: { [STATUS]: html, [CONTROL]: html } });
    const sighting = await look();
    expect(sighting).toMatchObject({ kind: 'garbled', via: 'status-port' });
    expect(sighting.kind === 'garbled' && sighting.excerpt).toBe('<html>hello');
    expect(await lookAt({ ports: { [STATUS]: html, [CONTROL]: weave } }).look()).toMatchObject({
      kind: 'report',
      via: 'control-port',
    });
  });

  it('answers with an error: garbled, with the status', async () => {
    const { look } = lookAt({ ports: { [STATUS]: () => answered(404, 'gone'), [CONTROL]: () => refused } });
    expect(await look()).toMatchObject({
      kind: 'garbled',
      why: '127.0.0.1:6782 answered with HTTP status 404 instead of a report',
      excerpt: 'gone',
    });
  });
});

it('calls a port where something else than HTTP answers garbled', async () => {
  const ssh = (): TunnelAnswer => ({ kind: 'failed', why: trouble('protocol', 'weave') });
  const { look } = lookAt({ ports: { [STATUS]: ssh, [CONTROL]: () => refused } });
  expect(await look()).toMatchObject({ kind: 'garbled', via: 'status-port', why: 'why: protocol' });
});

describe('silence', () => {
  const down: FakeHost = {
    ports: { [STATUS]: () => refused, [CONTROL]: () => refused },
    commands: { 'report-by-curl': () => exited(7, '\n000\n', 'curl: (7) Failed to connect') },
  };

  it('of a weave that does not run is refused, by weave; no container is started to hear it again', async () => {
    const { look, asked, clock } = lookAt(down);
    expect(await look()).toMatchObject({ kind: 'silent', why: { kind: 'refused', layer: 'weave' } });
    expect(asked).toEqual([
      `${STATUS} projection`,
      `${CONTROL} projection`,
      'report-by-curl',
      'report-by-curl',
    ]);
    await clock.advance(2000);
    await look();
    expect(asked).toEqual([`${STATUS} projection`, `${CONTROL} projection`]);
    await clock.advance(60_000);
    await look();
    expect(asked).not.toContain('weave-report');
  });

  it('ends with the first look after weave came back', async () => {
    let up = false;
    const { look, clock } = lookAt({
      ...down,
      ports: { [STATUS]: (asked) => (up ? weave(asked) : refused), [CONTROL]: () => refused },
    });
    await look();
    up = true;
    await clock.advance(2000);
    expect(await look()).toMatchObject({ kind: 'report', via: 'status-port' });
  });

  it('where there is no curl asks the script once a minute', async () => {
    const { look, asked, clock } = lookAt({
      ...down,
      commands: {
        'report-by-curl': () => exited(127),
        'weave-report': () => exited(7, '', 'weave container is not running.'),
      },
    });
    expect(await look()).toMatchObject({ kind: 'silent', why: { kind: 'refused', layer: 'weave' } });
    expect(asked).toContain('weave-report');
    for (let passed = 0; passed < 58_000; passed += 2000) {
      await clock.advance(2000);
      await look();
      expect(asked).not.toContain('weave-report');
    }
    await clock.advance(4000);
    await look();
    expect(asked).toContain('weave-report');
  });

  it('of an account without a shell is still weave, refused', async () => {
    const { look } = lookAt({
      ports: { [STATUS]: () => refused, [CONTROL]: () => prohibited },
      commands: { 'report-by-curl': () => noShell, 'weave-report': () => noShell },
    });
    expect(await look()).toMatchObject({ kind: 'silent', why: { kind: 'refused', layer: 'weave' } });
  });

  it('of an account that may neither forward nor run anything says so', async () => {
    const { look, asked } = lookAt({
      ports: { [STATUS]: () => prohibited, [CONTROL]: () => prohibited },
      commands: {
        'report-by-curl': () => exited(1, 'This account is currently not available.\n'),
        'weave-report': () => exited(1),
      },
    });
    const unknown = {
      kind: 'silent',
      why: { kind: 'no-shell', layer: 'ssh', text: expect.stringContaining('not available') },
    };
    expect(await look()).toMatchObject(unknown);
    // What was barred a moment ago is not tried again at every look.
    expect(await look()).toMatchObject(unknown);
    expect(asked).toEqual([`${STATUS} projection`, `${CONTROL} projection`]);
  });

  it.each([trouble('timeout'), trouble('timeout', 'weave'), trouble('host-key'), trouble('closed')])(
    'from $layer ($kind) ends the look at once',
    async (why) => {
      const { look, asked } = lookAt({ ports: { [STATUS]: () => ({ kind: 'failed', why }) } });
      expect(await look()).toEqual({ kind: 'silent', seq: 1, at: 1000, why });
      expect(asked).toEqual([`${STATUS} projection`]);
    },
  );

  it('of curl that timed out is a weave that hangs', async () => {
    const { look } = lookAt({
      ports: { [STATUS]: () => prohibited, [CONTROL]: () => prohibited },
      commands: { 'report-by-curl': () => exited(28, '\n000\n') },
    });
    expect(await look()).toMatchObject({ kind: 'silent', why: { kind: 'timeout', layer: 'weave' } });
  });
});

describe('the probe', () => {
  const probing = async (outcome: Outcome, took = 0) => {
    const clock = fakeClock();
    const { looker } = lookAt(
      {
        commands: {
          probe: async () => {
            await clock.advance(took);
            return outcome;
          },
        },
      },
      clock,
    );
    return { sighting: await looker.probe(9), clock };
  };

  it('gives facts, with the skew against the middle of the round trip', async () => {
    const remote = 1_700_000_000_000 + 1000 + 50 + 7000;
    const { sighting } = await probing(
      exited(0, `${PROBE_BEGIN}\n= hostname h1\n= clock-ms ${remote}\n${PROBE_END}\n`),
      100,
    );
    expect(sighting).toMatchObject({
      kind: 'facts',
      seq: 9,
      at: 1100,
      skew: 7000,
      facts: { hostname: 'h1' },
    });
  });

  it('has no skew where the clock is unknown', async () => {
    const { sighting } = await probing(exited(0, `${PROBE_BEGIN}\n${PROBE_END}\n`));
    expect(sighting).toMatchObject({ kind: 'facts', skew: null });
  });

  it.each<[string, Outcome, object]>([
    ['no exec', noShell, { kind: 'no-shell' }],
    [
      'a refusing login shell',
      exited(1, 'This account is currently not available.\n'),
      { kind: 'no-shell', text: expect.stringContaining('not available') },
    ],
    [
      'a forced command',
      exited(0, 'go away\u001b[2J'),
      { kind: 'no-shell', text: expect.stringMatching(/said: go away\)/) },
    ],
    ['a cut output', exited(0, `${PROBE_BEGIN}\n= hostname h1\n`), { kind: 'protocol' }],
    ['a lost link', { kind: 'lost', why: trouble('closed'), stdout: '' }, trouble('closed')],
    [
      'a killed probe',
      { kind: 'killed', signal: 'SIGKILL', stdout: '', stderr: '', took: 1 },
      { kind: 'closed' },
    ],
  ])('without facts: %s', async (_, outcome, why) => {
    expect((await probing(outcome)).sighting).toMatchObject({
      kind: 'none',
      seq: 9,
      why: { layer: 'ssh', ...why },
    });
  });
});

describe('the log', () => {
  const logging = (outcome: Outcome) => lookAt({ commands: { log: () => outcome } }).looker.log(3);

  it('is cleaned lines, the last ones', async () => {
    const log = await logging(exited(0, 'one\ntwo\u001b[31m\nthree\n'));
    expect(log).toEqual({ kind: 'there', at: 1000, lines: ['one', 'two', 'three'] });
  });

  it('or why not', async () => {
    expect(await logging(exited(1, '', 'No journal files were found.'))).toMatchObject({
      kind: 'failed',
      why: 'journalctl on 10.0.0.11 ended with exit code 1: No journal files were found.',
    });
    expect(await logging(noShell)).toMatchObject({ kind: 'failed', why: 'why: no-shell' });
  });
});
