import { describe, expect, it } from 'vitest';
import type { PeerReport } from '../../source/cluster/peer-report.ts';
import {
  inTargets,
  joined,
  sameAsMembers,
  unitLoaded,
  unitRuns,
} from '../../source/maintenance/checks/joining.ts';
import {
  containersTold,
  fileRetired,
  forgotten,
  gone,
  handedOver,
  hasHeir,
  nothingLeft,
  notLast,
  runsThere,
  staysDown,
  unitDisabled,
} from '../../source/maintenance/checks/leaving.ts';
import { newHostFile, otherLinesKept, staysItself } from '../../source/maintenance/checks/new-file.ts';
import {
  clockNear,
  dockerRuns,
  hostReached,
  listResolves,
  noLeftovers,
  notMember,
  portsOpen,
  rangeFree,
  rootThere,
  sameWeave,
  uniqueHost,
  unitFits,
} from '../../source/maintenance/checks/new-host.ts';
import type { Inspection } from '../../source/maintenance/inspection.ts';
import type { Check } from '../../source/maintenance/verdict.ts';
import type { World } from '../../source/maintenance/world.ts';
import {
  factsOf,
  fileOf,
  host,
  inspectionOf,
  noContainer,
  noFile,
  notInspected,
  noUnit,
  peersLine,
  spareOf,
  tracedAll,
  unitOf,
  worldOf,
} from '../support/world.ts';

const five = ['h1', 'h2', 'h3', 'h4', 'h5'];
const ids = five.map(host);
const six = host('h6');
const why = 'it is down';
const unknownFact = { known: false, because: why } as const;
const asks = (check: Check, world: World) => {
  const { level, because } = check.judge(world);
  return `${level}: ${because}`;
};

type Given = Parameters<typeof spareOf>[1];

/** The healthy cluster and a clean spare, both changed as given. */
const spare = (given: Given = {}, members: Record<string, Inspection> = {}): World =>
  worldOf({
    looks: tracedAll('18-golden-add/0-before', ...five),
    inspections: [...five.map((name) => members[name] ?? inspectionOf(name)), spareOf('h6', given)],
  });
const spareFacts = (given: Parameters<typeof factsOf>[1]): World => spare({ facts: factsOf('h6', given) });
const down = worldOf({
  looks: tracedAll('18-golden-add/0-before', ...five),
  inspections: [notInspected('h6')],
});
const reach = (name: string, id: string, how: 'open' | 'refused' | 'timeout' | 'unknown') =>
  inspectionOf(name, { reaches: new Map([...inspectionOf(name).reaches, [id, how]]) });

describe('the new host', () => {
  it.each<readonly [Check, World, string]>([
    [hostReached(six), spare(), 'pass: h6 (10.77.0.16) answers.'],
    [hostReached(six), down, "block: 10.77.0.16 can't be reached: 10.77.0.16: timed out."],
    [hostReached(six), worldOf({}), 'unknown: 10.77.0.16 was not inspected yet.'],
    [rootThere(six), spare(), 'pass: Commands run as root on h6 (10.77.0.16).'],
    [
      rootThere(six),
      spareFacts({ root: false, user: 'ops', sudo: true }),
      'pass: Commands run as root on h6 (10.77.0.16).',
    ],
    [
      rootThere(six),
      spareFacts({ root: false, user: 'ops', sudo: false }),
      'block: ops on h6 (10.77.0.16) is not root and sudo asks for a password: allow sudo without one (sudo: passwordless), or log in as root.',
    ],
    [
      rootThere(six),
      spareFacts({ tools: ['awk'] }),
      'block: h6 (10.77.0.16) has no flock, which the lock and the edits need.',
    ],
    [rootThere(six), down, 'unknown: 10.77.0.16 could not be inspected: 10.77.0.16: timed out.'],
    [sameWeave(six, ids), spare(), 'pass: h6 (10.77.0.16) has weave 2.8.1, as the members.'],
    [
      sameWeave(six, ids),
      spareFacts({ scriptVersion: { known: true, value: '2.6.0' } }),
      'block: h6 (10.77.0.16) has weave 2.6.0, the members run 2.8.1: install their version there first.',
    ],
    [
      sameWeave(six, ids),
      spareFacts({ scriptVersion: unknownFact }),
      'block: Weave is not installed on h6 (10.77.0.16) as configured: it is down.',
    ],
    [
      sameWeave(six, ids),
      worldOf({ inspections: [spareOf('h6')] }),
      'unknown: No member told its version just now.',
    ],
    [dockerRuns(six), spare(), 'pass: Docker 20.10.24 runs on h6 (10.77.0.16).'],
    [
      dockerRuns(six),
      spare({ docker: unknownFact }),
      "block: Docker on h6 (10.77.0.16) can't be used: it is down. Start it first.",
    ],
    [
      noLeftovers(six),
      spare(),
      'pass: h6 (10.77.0.16) has no container, ring data or bridge of an earlier weave.',
    ],
    [
      noLeftovers(six),
      spare({ leftovers: { container: false, volume: true, bridge: true } }),
      'block: h6 (10.77.0.16) still has ring data (weavedb) and a weave bridge of an earlier weave. Look what it is; if it may go: weave reset --force there.',
    ],
    [
      noLeftovers(six),
      spareFacts({}),
      'block: h6 (10.77.0.16) still has a weave container of an earlier weave. Look what it is; if it may go: weave reset --force there.',
    ],
    [
      noLeftovers(six),
      spare({ leftovers: { container: false, volume: null, bridge: false } }),
      'unknown: Whether h6 (10.77.0.16) still has ring data (weavedb) could not be told.',
    ],
    [
      uniqueHost(six, ids),
      spare(),
      'pass: No member has the machine id or the host name of h6 (10.77.0.16).',
    ],
    [
      uniqueHost(six, ids),
      spareFacts({ machineId: factsOf('h2').machineId }),
      'block: h6 (10.77.0.16) has the machine id of h2 (10.77.0.12): it is a clone and would take its peer name. Give it a new machine id (systemd-machine-id-setup) first.',
    ],
    [
      uniqueHost(six, ids),
      spareFacts({ hostname: 'h2' }),
      'warn: h2 (10.77.0.12) has the same host name as 10.77.0.16, h2.',
    ],
    [
      uniqueHost(six, ids),
      spareFacts({ machineId: unknownFact }),
      'unknown: The machine id of h6 (10.77.0.16) is not known: it is down.',
    ],
    [
      uniqueHost(six, ids),
      spare({}, { h3: inspectionOf('h3', { facts: factsOf('h3', { machineId: unknownFact }) }) }),
      'unknown: Whether h3 (10.77.0.13) has another machine id than h6 (10.77.0.16) is not known.',
    ],
    [
      uniqueHost(six, ids),
      spare({}, { h3: notInspected('h3') }),
      'pass: No member has the machine id or the host name of h6 (10.77.0.16).',
    ],
    [rangeFree(six, ids), spare(), 'pass: No route of h6 (10.77.0.16) overlaps 10.32.0.0/12.'],
    [
      rangeFree(six, ids),
      spare({ routes: { known: true, value: ['10.40.0.0/16', '192.168.0.0/24'] } }),
      "block: h6 (10.77.0.16) has a route to 10.40.0.0/16, which overlaps weave's range 10.32.0.0/12: weave would not start there.",
    ],
    [
      rangeFree(six, ids),
      spare({ routes: unknownFact }),
      'unknown: The routes of h6 (10.77.0.16) are not known: it is down.',
    ],
    [
      rangeFree(six, ids),
      worldOf({ inspections: [spareOf('h6')] }),
      'unknown: No member told the address range just now.',
    ],
    [
      listResolves(six, ids),
      spare(),
      'pass: Every entry resolves on the new host, and the new entry on the members.',
    ],
    [
      listResolves(six, ids),
      spare({ resolves: new Map([[host('h2'), false]]) }),
      'block: 10.77.0.12 does not resolve on h6 (10.77.0.16): weave would not start there with it in its list.',
    ],
    [
      listResolves(six, ids),
      spare({}, { h2: inspectionOf('h2', { resolves: new Map([[six, false]]) }) }),
      'block: 10.77.0.16 does not resolve on h2 (10.77.0.12): weave would not start there with it in its list.',
    ],
    [
      listResolves(six, ['peer1']),
      spare(),
      'unknown: Whether peer1 on h6 (10.77.0.16) resolves is not known.',
    ],
    [clockNear(six, ids), spare(), 'pass: The clock of h6 (10.77.0.16) is within a minute of the others.'],
    [
      clockNear(six, ids),
      spare({ skew: 120_000 }),
      'warn: The clocks of h6 (10.77.0.16) and h1 (10.77.0.11) are 2 min apart: mend the time synchronisation.',
    ],
    [
      clockNear(six, ids),
      spare({ skew: -3_600_000 }),
      'block: The clocks of h6 (10.77.0.16) and h1 (10.77.0.11) are 60 min apart, and weave refuses 15: set the time first.',
    ],
    [
      clockNear(six, ids),
      spare({ skew: null }),
      'unknown: The clock of h6 (10.77.0.16) could not be compared.',
    ],
    [
      portsOpen(six, ids),
      spare(),
      'pass: TCP 6783 passes both ways. UDP 6783 and 6784 show only when the links are established.',
    ],
    [
      portsOpen(six, ids),
      spare({ reaches: reach('h6', host('h2'), 'timeout').reaches }),
      "block: h2 (10.77.0.12) can't be reached on TCP 6783 from h6 (10.77.0.16) (timeout): check the firewalls, UDP 6783 and 6784 too.",
    ],
    [
      portsOpen(six, ids),
      spare({}, { h3: reach('h3', six, 'timeout') }),
      "block: h6 (10.77.0.16) can't be reached on TCP 6783 from h3 (10.77.0.13) (timeout): check the firewalls, UDP 6783 and 6784 too.",
    ],
    [
      portsOpen(six, ids),
      spare({}, { h3: reach('h3', six, 'open') }),
      'block: Something answers on TCP 6783 of h6 (10.77.0.16) already, before weave runs there.',
    ],
    [
      portsOpen(six, ids),
      spare({}, { h3: reach('h3', six, 'unknown') }),
      'unknown: Whether TCP 6783 passes from h3 (10.77.0.13) to h6 (10.77.0.16) could not be told.',
    ],
    [notMember(six, ids), spare(), 'pass: h6 (10.77.0.16) is no member yet.'],
    [notMember(host('h1'), ids), spare(), 'block: 10.77.0.11 is a member of this cluster already.'],
    [unitFits(six, ids), spare(), 'pass: The unit of h6 (10.77.0.16) is that of the members.'],
    [
      unitFits(six, ids),
      spareFacts({ unit: noUnit }),
      'pass: h6 (10.77.0.16) has no unit yet; the documented one will be installed.',
    ],
    [
      unitFits(six, ids),
      spareFacts({ unit: unitOf({ load: 'masked' }) }),
      'block: The unit of h6 (10.77.0.16) is masked: systemctl unmask it there first.',
    ],
    [
      unitFits(six, ids),
      spareFacts({ unit: unitOf({ digest: 'e'.repeat(64) }) }),
      "warn: The unit of h6 (10.77.0.16) differs from the members' units: compare systemctl cat there and here.",
    ],
    [
      unitFits(six, ids),
      spareFacts({ unit: unitOf({ digest: null }) }),
      "warn: The unit of h6 (10.77.0.16) could not be compared with the members' units.",
    ],
    [
      unitFits(six, ids),
      spareFacts({ unit: unknownFact }),
      'unknown: The unit of h6 (10.77.0.16) is not known: it is down.',
    ],
    [unitLoaded(six), spare(), 'pass: h6 (10.77.0.16) has the unit /etc/systemd/system/weave.service.'],
    [
      unitLoaded(six),
      spareFacts({ unit: noUnit }),
      'block: h6 (10.77.0.16) has no unit for weave (not-found).',
    ],
    [
      unitLoaded(six),
      spareFacts({ unit: unknownFact }),
      'unknown: The unit of h6 (10.77.0.16) is not known: it is down.',
    ],
    [unitLoaded(six), down, 'unknown: 10.77.0.16 could not be inspected: 10.77.0.16: timed out.'],
    [
      unitRuns(six),
      spareFacts({}),
      'pass: On h6 (10.77.0.16) the unit is active and enabled, the container running.',
    ],
    [
      unitRuns(six),
      spareFacts({ unit: unitOf({ enabled: 'enabled-runtime' }) }),
      'block: On h6 (10.77.0.16) the unit is active and enabled-runtime, the container running. Its log tells why.',
    ],
    [
      unitRuns(six, { enabled: false }),
      spareFacts({ unit: unitOf({ enabled: 'enabled-runtime' }) }),
      'pass: On h6 (10.77.0.16) the unit is active and enabled-runtime, the container running.',
    ],
    [
      unitRuns(six),
      spareFacts({ unit: unitOf({ active: 'failed' }), container: noContainer }),
      'block: On h6 (10.77.0.16) the unit is failed and enabled, the container absent. Its log tells why.',
    ],
    [
      unitRuns(six),
      spareFacts({ container: unknownFact }),
      'unknown: Whether weave runs on h6 (10.77.0.16) could not be told.',
    ],
  ])('%#: $2', (check, world, said) => {
    expect(asks(check, world)).toBe(said);
  });

  const list = [...ids, six];
  const template = (lines: string[], given: Parameters<typeof fileOf>[1] = {}, own: Given = {}) =>
    spare(own, { h1: inspectionOf('h1', { file: fileOf(lines, given) }) });
  it.each<readonly [World, string]>([
    [spare(), 'pass: /etc/sysconfig/weave on h6 (10.77.0.16) can be made from that of h1 (10.77.0.11).'],
    [
      template([], { state: 'missing' }),
      'block: /etc/sysconfig/weave on h1 (10.77.0.11) is missing: choose another peer to copy from.',
    ],
    [
      template([], { obstacle: 'sets PEERS more than once' }),
      'block: /etc/sysconfig/weave on h1 (10.77.0.11) sets PEERS more than once: write the file by hand.',
    ],
    [
      spare({ file: { ...noFile, writable: false } }),
      "block: /etc/sysconfig/weave on h6 (10.77.0.16) can't be written: is its folder there, and not read-only?",
    ],
    [
      spare({ file: { ...noFile, state: 'unreadable' } }),
      'unknown: /etc/sysconfig/weave on h6 (10.77.0.16) could not be read.',
    ],
    [down, 'unknown: h1 (10.77.0.11) could not be inspected: nobody has looked yet.'],
    [
      spare({}, { h1: inspectionOf('h1') }),
      'pass: /etc/sysconfig/weave on h6 (10.77.0.16) can be made from that of h1 (10.77.0.11).',
    ],
  ])('its file: %#', (world, said) => {
    expect(asks(newHostFile(host('h1'), six, list), world)).toBe(said);
  });

  const own = (name: string) => `PEERS="--name=${name} ${ids.join(' ')}"`;
  it.each<readonly [string, World, string]>([
    [
      'options that are alike everywhere',
      template([`PEERS="--ipalloc-range=10.40.0.0/16 ${ids[0]}"`]),
      'pass',
    ],
    ['a host’s name for weave', template([own('aa:bb')]), '--name=aa:bb from h1'],
    [
      'a name in a word of its own',
      template(['OPTS="--nickname h1"', peersLine('h1')]),
      '--nickname h1 from h1',
    ],
    [
      'the address it listens on',
      template([`PEERS="--host ${host('h1')} ${ids[1]}"`]),
      `${host('h1')} from h1`,
    ],
    ['an address of the API', template([`WEAVE_HTTP_ADDR=${host('h1')}:6784`]), `${host('h1')}:6784 from h1`],
    ['a list in which both stand', template([`SEEN="${host('h1')} ${six}"`, peersLine('h1')]), 'pass'],
    ['what it has already', template([own('x')], {}, { file: fileOf([own('x')]) }), 'pass'],
    [
      'over its own name',
      template([peersLine('h1')], {}, { file: fileOf([own('x')]) }),
      'would lose --name=x',
    ],
    ['of whom nobody has looked at', down, 'unknown'],
  ])('gets nothing that is another host’s own: %s', (_, world, said) => {
    const check = staysItself(host('h1'), six, list, false);
    expect(asks(check, world)).toContain(said);
    if (said !== 'pass' && said !== 'unknown') expect(check.judge(world).level).toBe('block');
    expect(asks(staysItself(six, six, list, true), world)).toMatch(/^pass/);
  });

  it('has every variable of the member, and every secret', () => {
    const member = fileOf(['WEAVE_PASSWORD="(removed)"', 'MTU=1', peersLine('h1')]);
    const world = (lines: string[]) =>
      spare({ file: fileOf(lines) }, { h1: inspectionOf('h1', { file: member }) });
    const check = otherLinesKept(host('h1'), six);
    expect(asks(check, world(['WEAVE_PASSWORD="(removed)"', 'MTU=1', peersLine('h1')]))).toBe(
      'pass: /etc/sysconfig/weave on h6 (10.77.0.16) sets all that h1 (10.77.0.11) sets.',
    );
    expect(asks(check, world([peersLine('h1')]))).toBe(
      'block: /etc/sysconfig/weave on h6 (10.77.0.16) lacks WEAVE_PASSWORD and MTU.',
    );
    const other = { ...member, secretDigests: new Map([['WEAVE_PASSWORD', 'x']]) };
    const differing = spare({ file: member }, { h1: inspectionOf('h1', { file: other }) });
    expect(asks(check, differing)).toBe(
      'block: /etc/sysconfig/weave on h6 (10.77.0.16) has another WEAVE_PASSWORD than h1 (10.77.0.11).',
    );
    expect(asks(check, down)).toBe('unknown: 10.77.0.11 and 10.77.0.16 must both be inspected for this.');
  });
});

const launched = tracedAll('18-golden-add/3-after-launch', ...five);
const newcomer = tracedAll('18-golden-add/3-after-launch', 'h6')[six] as PeerReport;
const joining = (
  members: Record<string, PeerReport | 'timeout'> = {},
  guest: PeerReport | 'timeout' = newcomer,
) => worldOf({ looks: { ...launched, ...members }, last: launched, guests: { [six]: guest } });
const unlinked = (report: PeerReport, name: string): PeerReport => ({
  ...report,
  connections: report.connections.filter(({ peer }) => peer?.nickname !== name),
});

describe('a peer that joined', () => {
  it.each<readonly [Check, World, string]>([
    [
      joined(six, ids),
      joining(),
      'pass: h6 (10.77.0.16) and h1 (10.77.0.11), h2 (10.77.0.12), h3 (10.77.0.13), h4 (10.77.0.14) and h5 (10.77.0.15) are linked, as both sides tell.',
    ],
    [
      joined(six, ids),
      joining({}, unlinked(newcomer, 'h2')),
      'block: h6 (10.77.0.16) has no established link to h2 (10.77.0.12) yet.',
    ],
    [
      joined(six, ids),
      joining({ [host('h3')]: unlinked(launched[host('h3')] as PeerReport, 'h6') }),
      'block: h3 (10.77.0.13) tells of no established link to h6 (10.77.0.16) yet.',
    ],
    [joined(six, ids), joining({}, 'timeout'), 'block: 10.77.0.16 tells no report: no answer in time.'],
    [
      joined(six, ids),
      joining({ [host('h3')]: 'timeout' }),
      'unknown: h3 (10.77.0.13) told no report just now.',
    ],
    [
      joined(six, ids),
      { ...joining({ [host('h3')]: 'timeout' }), notes: { away: [host('h3')] } },
      'pass: h6 (10.77.0.16) and h1 (10.77.0.11), h2 (10.77.0.12), h4 (10.77.0.14) and h5 (10.77.0.15) are linked, as both sides tell.',
    ],
    [
      sameAsMembers(six, ids),
      joining(),
      'pass: h6 (10.77.0.16) has the version, range and encryption of h1 (10.77.0.11).',
    ],
    [
      sameAsMembers(six, ids),
      joining({}, { ...newcomer, encryption: true }),
      'block: h6 (10.77.0.16) has encryption on, h1 (10.77.0.11) has off.',
    ],
    [
      sameAsMembers(six, ids),
      joining({}, 'timeout'),
      'unknown: 10.77.0.16 and a member must both tell a report for this.',
    ],
    [
      inTargets(host('h1'), six),
      worldOf({ looks: tracedAll('18-golden-add/7-after', 'h1') }),
      'pass: 10.77.0.16 is among the targets of h1 (10.77.0.11).',
    ],
    [inTargets(host('h1'), six), joining(), 'block: 10.77.0.16 is not among the targets of h1 (10.77.0.11).'],
    [
      inTargets(host('h1'), six),
      worldOf({}),
      'unknown: 10.77.0.11 tells no report: it was not looked at yet.',
    ],
  ])('%#: $2', (check, world, said) => {
    expect(asks(check, world)).toBe(said);
  });
});

const three = host('h3');
const rest = ['h1', 'h2', 'h4', 'h5', 'h6'].map(host);
const before = tracedAll('19-golden-remove/1-before', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6');
const after = tracedAll('19-golden-remove/5-after-reset', 'h1', 'h2', 'h4', 'h5', 'h6');
const notes = { name: ['3a:60:92:67:c7:4d'], addresses: ['10.77.0.13:6783'], away: [] };
const leaving = (
  given: Parameters<typeof inspectionOf>[1] = {},
  looks: Parameters<typeof worldOf>[0]['looks'] = {},
) => worldOf({ looks: { ...before, ...looks }, last: before, inspections: [inspectionOf('h3', given)] });
const leavingFacts = (given: Parameters<typeof factsOf>[1]) => leaving({ facts: factsOf('h3', given) });
const left = (
  given: Parameters<typeof inspectionOf>[1] = {},
  looks: Parameters<typeof worldOf>[0]['looks'] = {},
) => worldOf({ looks: { ...after, ...looks }, last: before, inspections: [spareOf('h3', given)], notes });
const lonely = { ...(before[three] as PeerReport), connections: [] };

describe('a peer that goes', () => {
  it.each<readonly [Check, World, string]>([
    [notLast(three, rest), leaving(), 'pass: 5 other peers stay.'],
    [
      notLast(three, []),
      leaving(),
      'block: h3 (10.77.0.13) is the last peer: there is nobody to hand its addresses to. To end the cluster, run weave reset there by hand.',
    ],
    [runsThere(three), leaving(), 'pass: Weave on h3 (10.77.0.13) runs and answers.'],
    [
      runsThere(three),
      worldOf({ looks: before, inspections: [notInspected('h3')] }),
      "block: h3 (10.77.0.13) can't be reached: 10.77.0.13: timed out. If the host is dead for good, reclaim its ranges instead: weave-console reclaim 10.77.0.13.",
    ],
    [
      runsThere(three),
      leavingFacts({
        container: { known: true, value: { status: 'exited', exitCode: 137, restartPolicy: 'no' } },
      }),
      'block: The weave container of h3 (10.77.0.13) is exited: reset would not hand its ranges over. Start weave there first, or reclaim the peer if it is dead for good.',
    ],
    [
      runsThere(three),
      leaving({}, { [three]: 'timeout' }),
      'block: Weave on h3 (10.77.0.13) does not answer (no answer in time): mend or restart it first, or reclaim the peer if it is dead for good.',
    ],
    [runsThere(three), leaving({}, { [three]: null }), 'unknown: h3 (10.77.0.13): it was not looked at yet.'],
    [
      hasHeir(three, rest),
      leaving(),
      'pass: h3 (10.77.0.13) is linked with h1 (10.77.0.11), h2 (10.77.0.12), h4 (10.77.0.14), h5 (10.77.0.15) and h6 (10.77.0.16).',
    ],
    [
      hasHeir(three, rest),
      leaving({}, { [three]: lonely }),
      'block: h3 (10.77.0.13) has no established link to a survivor that answers: its 131072 addresses would be lost. Mend the links first.',
    ],
    [
      hasHeir(three, rest),
      leaving({}, { [three]: 'timeout' }),
      'unknown: h3 (10.77.0.13) tells no report just now.',
    ],
    [
      containersTold(three),
      leaving(),
      'pass: No container on h3 (10.77.0.13) is attached to the weave network.',
    ],
    [
      containersTold(three),
      leaving({ attached: { known: true, value: ['web', 'db'] } }),
      'warn: web and db on h3 (10.77.0.13) will lose the weave network: move them first.',
    ],
    [
      containersTold(three),
      leaving({ attached: unknownFact }),
      'warn: Which containers on h3 (10.77.0.13) will lose the weave network could not be told: it is down.',
    ],
    [staysDown(three), leaving(), 'pass: The unit of h3 (10.77.0.13) does not restart by itself.'],
    [
      staysDown(three),
      leavingFacts({ unit: unitOf({ restart: 'always' }) }),
      'block: The unit of h3 (10.77.0.13) has Restart=always: systemd would launch it again after the reset, as a cluster of its own. Set Restart=no there (systemctl edit) first.',
    ],
    [
      staysDown(three),
      leavingFacts({ unit: unknownFact }),
      'unknown: The unit of h3 (10.77.0.13) is not known: it is down.',
    ],
    [
      unitDisabled(three),
      leavingFacts({ unit: unitOf({ enabled: 'disabled' }) }),
      'pass: The unit of h3 (10.77.0.13) is disabled.',
    ],
    [
      unitDisabled(three),
      leaving(),
      'block: The unit of h3 (10.77.0.13) is enabled: a reboot would bring it back.',
    ],
    [
      unitDisabled(three),
      leavingFacts({ unit: unitOf({ enabled: 'enabled-runtime' }) }),
      'block: The unit of h3 (10.77.0.13) is enabled-runtime: until the next boot, and whatever enables it at each boot (systemctl disable --runtime there) would bring it back.',
    ],
    [
      unitDisabled(three),
      leavingFacts({ unit: noUnit }),
      'pass: h3 (10.77.0.13) has no unit that could start weave.',
    ],
  ])('%#: $2', (check, world, said) => {
    expect(asks(check, world)).toBe(said);
  });

  it('is never reset as the last one or without an heir', () => {
    expect([notLast(three, rest).never, hasHeir(three, rest).never]).toEqual([true, true]);
  });

  const everyone = 'h1 (10.77.0.11), h2 (10.77.0.12), h4 (10.77.0.14), h5 (10.77.0.15) and h6 (10.77.0.16)';
  const cut = (report: PeerReport): PeerReport =>
    report.ipam ? { ...report, ipam: { ...report.ipam, entries: report.ipam.entries.slice(1) } } : report;
  it.each<readonly [Check, World, string]>([
    [
      handedOver(three, rest),
      left(),
      `pass: ${everyone} share all 1048576 addresses without h3 (10.77.0.13).`,
    ],
    [
      handedOver(three, rest),
      left({}, { [host('h4')]: before[host('h4')] as PeerReport }),
      'block: h4 (10.77.0.14) still says that h3 (10.77.0.13) owns 131072 addresses: nothing was handed over. Do not reset again. When weave there is stopped, disabled and wiped, reclaim them with weave rmpeer 3a:60:92:67:c7:4d, on one survivor only.',
    ],
    [
      handedOver(three, rest),
      left({}, { [host('h4')]: cut(after[host('h4')] as PeerReport) }),
      'block: The ring of h4 (10.77.0.14) comes to 917504 of 1048576 addresses.',
    ],
    [
      handedOver(three, rest),
      left({}, { [host('h4')]: 'timeout' }),
      'unknown: h4 (10.77.0.14) told no report just now.',
    ],
    [
      handedOver(three, rest),
      { ...left(), notes: {} },
      'unknown: The peer name of h3 (10.77.0.13) was not noted.',
    ],
    [gone(three, rest), left(), `pass: ${everyone} do not see h3 (10.77.0.13) any more.`],
    [
      gone(three, rest),
      left({}, { [host('h2')]: before[host('h2')] as PeerReport }),
      'block: h2 (10.77.0.12) still sees h3 (10.77.0.13).',
    ],
    [
      nothingLeft(three),
      left(),
      'pass: h3 (10.77.0.13) has no container, ring data, bridge or running unit of weave.',
    ],
    [
      nothingLeft(three),
      left({ leftovers: { container: false, volume: true, bridge: false } }),
      'block: h3 (10.77.0.13) still has ring data (weavedb).',
    ],
    [
      nothingLeft(three),
      left({ leftovers: { container: false, volume: false, bridge: null } }),
      'unknown: Whether h3 (10.77.0.13) still has the bridge could not be told.',
    ],
    [
      forgotten(host('h1'), three, () => [three]),
      { ...worldOf({ looks: tracedAll('19-golden-remove/9-after', 'h1') }), notes },
      'pass: h1 (10.77.0.11) neither dials 10.77.0.13 nor lists a connection to it.',
    ],
    [
      forgotten(host('h1'), three, () => [three]),
      left(),
      'block: 10.77.0.13 is still among the targets of h1 (10.77.0.11).',
    ],
    [
      forgotten(host('h1'), three, () => ['h3']),
      left(),
      'block: h1 (10.77.0.11) still lists a connection to h3 (10.77.0.13) (10.77.0.13:6783, failed).',
    ],
    [
      forgotten(host('h1'), three, () => [three]),
      worldOf({}),
      'unknown: 10.77.0.11 tells no report: it was not looked at yet.',
    ],
    [fileRetired(three), left(), 'pass: /etc/sysconfig/weave on h3 (10.77.0.13) is gone.'],
    [
      fileRetired(three),
      left({ file: fileOf(['A=1']) }),
      'block: /etc/sysconfig/weave is still there on h3 (10.77.0.13).',
    ],
    [
      fileRetired(three),
      left({ file: { ...noFile, state: 'unreadable' } }),
      'unknown: /etc/sysconfig/weave on h3 (10.77.0.13) could not be read.',
    ],
  ])('is gone %#: $2', (check, world, said) => {
    expect(asks(check, world)).toBe(said);
  });
});
