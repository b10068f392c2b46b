import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHostFacts } from '../../source/cluster/host-facts.ts';
import { PROBE_BEGIN, PROBE_END } from '../../source/commands/probe-script.ts';

const output = (...lines: string[]): string => `${[PROBE_BEGIN, ...lines, PROBE_END].join('\n')}\n`;
const facts = (...lines: string[]) => {
  const read = readHostFacts(output(...lines), '/etc/sysconfig/weave');
  if (read.kind !== 'facts') throw new Error(read.why);
  return read.facts;
};

describe('output that is no whole probe', () => {
  it.each([
    ['nothing', '', false],
    ['a refusing login shell', 'This account is currently not available.\n', false],
    ['a cut end', `${PROBE_BEGIN}\n= hostname h1\n`, true],
    ['another version', 'weave-console-probe 2\nweave-console-probe 2 end\n', false],
  ])('%s', (_, stdout, began) => {
    expect(readHostFacts(stdout)).toMatchObject({ kind: 'garbled', began });
  });

  it('is quoted clean and short', () => {
    const read = readHostFacts(`\u001b[31m${'x'.repeat(1000)}`);
    expect(read.kind === 'garbled' && read.excerpt).toMatch(/^x+…$/);
    expect(read.kind === 'garbled' && read.excerpt.length).toBe(200);
  });

  it('may have a banner around it', () => {
    expect(readHostFacts(`Welcome!\n${output('= hostname h1')}logout\n`)).toMatchObject({
      facts: { hostname: 'h1' },
    });
  });
});

describe('single facts', () => {
  it('of a host that said nothing at all are unknown, not false', () => {
    const because = 'the host did not say';
    expect(facts()).toEqual({
      hostname: '',
      user: '',
      root: false,
      sudo: null,
      machineId: { known: false, because },
      bootId: { known: false, because },
      clock: { known: false, because: 'date did not say a time' },
      unit: { known: false, because },
      container: { known: false, because },
      scriptVersion: { known: false, because },
      environment: {
        path: '/etc/sysconfig/weave',
        state: 'unreadable',
        peers: null,
        keys: [],
        settings: {},
        hidden: {},
        digest: null,
        unresolved: [],
        passwordDigest: null,
        runningPasswordDigest: null,
      },
      tools: [],
      leftovers: { container: null, volume: null, bridge: null },
      routes: { known: false, because: 'they were not asked for' },
      lastWords: [],
      reclaimed: { known: false, because },
    });
  });

  it('the reason travels', () => {
    expect(facts('! container this user may not talk to docker').container).toEqual({
      known: false,
      because: 'this user may not talk to docker',
    });
  });

  it('the clock is the middle of the probe', () => {
    expect(facts('= clock-ms 1700000000000', '= clock-ms 1700000000400').clock).toEqual({
      known: true,
      value: 1_700_000_000_200,
    });
    expect(facts('= clock-s 1700000000', '= clock-s 1700000001').clock).toEqual({
      known: true,
      value: 1_700_000_001_000,
    });
    expect(facts('= clock-s soon').clock.known).toBe(false);
  });

  it.each([
    ['yes', true],
    ['no', false],
    ['perhaps', null],
  ])('sudo %s', (said, expected) => {
    expect(facts(`= sudo ${said}`).sudo).toBe(expected);
  });

  it.each([
    ['"2.8.1"', '2.8.1'],
    ['2.8.1', '2.8.1'],
    ["'(unreleased version)'", '(unreleased version)'],
  ])('the script version %s', (said, value) => {
    expect(facts(`= script-version ${said}`).scriptVersion).toEqual({ known: true, value });
  });

  it('a stopped container as docker 20.10 says it', () => {
    const state = '{"Status":"exited","Running":false,"Pid":0,"ExitCode":137,"Error":""}';
    expect(facts(`= container ${state} {"Name":"always","MaximumRetryCount":0}`).container).toEqual({
      known: true,
      value: { status: 'exited', exitCode: 137, restartPolicy: 'always' },
    });
    expect(facts(`= container ${state} null`).container).toMatchObject({ value: { restartPolicy: null } });
  });

  it.each(['', 'null null', '{"Status":1} {}', '[] []', '{"Status":"x"}'])(
    'a container line %j is unknown or has no policy',
    (line) => {
      const { container } = facts(`= container ${line}`);
      expect(container.known ? container.value.restartPolicy : null).toBe(null);
    },
  );

  it('what an earlier weave left, the routes and the last words of one that died', () => {
    const { leftovers, routes, lastWords } = facts(
      '= left-container no',
      '= left-volume yes',
      '= routes-known yes',
      '= route default via 10.0.0.1 dev eth0',
      '= route 10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.11',
      '= route blackhole 10.40.0.0/16',
      '= route 10.32.0.0/12 dev weave proto kernel scope link',
      '= last-words FATA: lookup \u001b[1mh9 on 10.0.0.53:53: no such host',
    );
    expect(leftovers).toEqual({ container: false, volume: true, bridge: null });
    expect(routes).toEqual({ known: true, value: ['10.0.0.0/24', '10.40.0.0/16'] });
    expect(lastWords).toEqual(['FATA: lookup h9 on 10.0.0.53:53: no such host']);
    expect(facts('! routes ip route list failed').routes).toEqual({
      known: false,
      because: 'ip route list failed',
    });
  });

  it('the options of weave launch in the list, apart from the peers', () => {
    const { environment } = facts(
      '= environment PEERS="--ipalloc-range 10.2.0.0/16 a b"',
      '= environment WEAVE_MTU=1400',
    );
    expect(environment.peers).toEqual(['a', 'b']);
    expect(environment.settings).toEqual({ PEERS: '--ipalloc-range 10.2.0.0/16', WEAVE_MTU: '1400' });
  });

  it('the environment file without its secrets', () => {
    const digest = 'a'.repeat(64);
    const { environment } = facts(
      '= environment # comment',
      '= environment PEERS="10.0.0.1 \\',
      '= environment 10.0.0.2"',
      '= environment WEAVE_PASSWORD=(removed)',
      `= environment-digest ${digest}`,
      `= environment-secret OTHER ${digest}`,
      '= environment-secret ODD rubbish',
    );
    expect(environment).toEqual({
      path: '/etc/sysconfig/weave',
      state: 'read',
      peers: ['10.0.0.1', '10.0.0.2'],
      keys: ['PEERS', 'WEAVE_PASSWORD'],
      settings: { PEERS: '', WEAVE_PASSWORD: '(removed)' },
      hidden: { OTHER: digest },
      digest,
      unresolved: [],
      passwordDigest: null,
      runningPasswordDigest: null,
    });
    expect(
      facts(
        '= environment PEERS="h2 --name h9 h3:6783 10.0.0.4"',
        '= unresolved h3:6783',
        '= unresolved h9',
        `= password-digest ${digest}`,
      ).environment,
    ).toMatchObject({ unresolved: ['h3:6783'], passwordDigest: digest });
    expect(facts('! environment missing').environment.state).toBe('missing');
    expect(facts('= environment', '= environment-digest rubbish').environment).toMatchObject({
      state: 'read',
      digest: null,
    });
  });
});

it('survives anything, and lets no control character through', () => {
  const line = fc.tuple(
    fc.constantFrom('= ', '! ', ''),
    fc.constantFrom('hostname', 'unit', 'container', 'environment', 'clock-ms', 'machine-id', 'tool', 'x'),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const read = readHostFacts(output(...lines.map(([sign, name, text]) => `${sign}${name} ${text}`)));
      const texts: string[] = [];
      JSON.stringify(read, (_, value: unknown) => {
        if (typeof value === 'string') texts.push(value);
        return value;
      });
      expect(texts.filter((text) => /[\p{Cc}\u202a-\u202e]/u.test(text))).toEqual([]);
    }),
  );
});
