import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { InventoryPeer } from '../../source/cluster/inventory.ts';
import type { PeerReport } from '../../source/cluster/peer-report.ts';
import type { Command, Outcome } from '../../source/commands/command.ts';
import {
  editExit,
  framed,
  installUnit,
  printedFile,
  readEnvironmentFile,
  retireEnvironmentFile,
  setPeersLine,
  writeEnvironmentFile,
} from '../../source/commands/edit-file.ts';
import { unitDisable, unitEnableNow } from '../../source/commands/unit.ts';
import { weaveConnect, weaveForget, weavePrime, weaveReset } from '../../source/commands/weave.ts';
import { systemClock } from '../../source/disk/clock.ts';
import type { HeldLock } from '../../source/session/lock/held-lock.ts';
import { createLooker } from '../../source/session/look.ts';
import { Secret } from '../../source/text/secret.ts';
import { request } from '../support/lock-request.ts';
import { demoSite, type LockConsole, type LockSite, lockConsole } from '../support/lock-site.ts';

/**
 * Every command that changes a peer, sent as it is in earnest: under the fence of a held lock, over SSH, to hosts that
 * carry it. The order is the guide's for adding a peer and removing it again.
 */
const SECRET = 'pa"$(x)\\ss';

let site: LockSite;
let desk: LockConsole;
let lock: HeldLock;
let members: readonly InventoryPeer[];
let guest: InventoryPeer;
let before: ReadonlyMap<InventoryPeer, string>;

const fileOf = (peer: InventoryPeer): string => readFileSync(peer.environmentFile, 'utf8');
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

const send = async (peer: InventoryPeer, command: Command<'changes'>, stdin?: string): Promise<Outcome> => {
  const fence = lock.fenceOf(peer.address);
  if (!fence.ok) throw new Error(fence.why);
  return desk.fleet.changing(peer.address).change(fence.wrap(command), stdin === undefined ? {} : { stdin });
};

const done = async (peer: InventoryPeer, command: Command<'changes'>, stdin?: string): Promise<Outcome> => {
  const outcome = await send(peer, command, stdin);
  expect(outcome).toMatchObject({ kind: 'exited', code: 0 });
  return outcome;
};

const reportOf = async (peer: InventoryPeer): Promise<PeerReport | null> => {
  const sighting = await createLooker(desk.fleet.peer(peer.address), peer, systemClock).look(1);
  return sighting.kind === 'report' ? sighting.report : null;
};

/** Looks at all these until every report is so. */
const reportsOf = (peers: readonly InventoryPeer[], isSo: (report: PeerReport) => boolean) =>
  expect
    .poll(
      async () => {
        const reports = await Promise.all(peers.map(reportOf));
        return reports.map((report) => report !== null && isSo(report));
      },
      { timeout: 30_000 },
    )
    .toEqual(peers.map(() => true));

const sees = (report: PeerReport, name: string): boolean => report.peers.some((peer) => peer.name === name);
const total = ({ ipam }: PeerReport): number => ipam?.entries.reduce((sum, { size }) => sum + size, 0) ?? 0;

/** Puts this list on the one line of the file that says PEERS. */
const writeList = async (peer: InventoryPeer, list: readonly string[], id: string) => {
  const text = fileOf(peer);
  const at = text.split('\n').findIndex((one) => one.startsWith('PEERS=')) + 1;
  expect(at).toBeGreaterThan(0);
  const line = `PEERS="${list.join(' ')}"`;
  const outcome = await done(peer, setPeersLine(peer, digest(text), { from: at, to: at, line }, id));
  const lines = text.split('\n');
  lines[at - 1] = line;
  expect(fileOf(peer)).toBe(lines.join('\n'));
  expect(outcome).toMatchObject({ stdout: 'weave-console-edit done\n' });
};

beforeAll(async () => {
  site = await demoSite(10);
  desk = lockConsole(site.config, 'anna');
  members = desk.inventory.peers;
  const [spare] = desk.inventory.spares;
  if (!spare) throw new Error('the demo has no spare');
  guest = spare;
  const all = [...members, guest].map(({ address }) => address);
  const acquired = await desk.smith.acquire(request(all, { target: guest.address }));
  if (!acquired.ok) throw new Error(JSON.stringify(acquired));
  lock = acquired.lock;
  for (const peer of members) {
    const text = `# kept\nWEAVE_PASSWORD_FILE=/x\n${fileOf(peer)}`;
    writeFileSync(peer.environmentFile, text);
  }
  before = new Map(members.map((peer) => [peer, fileOf(peer)]));
});
afterAll(async () => {
  await lock?.leave('release');
  await desk?.fleet.close();
  await site?.stop();
});

it('has the lock of all of them first', async () => {
  await expect.poll(() => lock.report().have, { timeout: 30_000 }).toBe(6);
  expect(await lock.announce({ index: 1, of: 1, id: 'by-hand' })).toBe(true);
});

it('adds a peer', async () => {
  const [first] = members;
  if (!first) throw new Error('no members');
  const list = [...members, guest].map(({ address }) => address);
  const read = await desk.fleet.peer(first.address).shell.read(
    readEnvironmentFile(
      first,
      createHash('sha256')
        .update(before.get(first) ?? '')
        .digest('hex'),
    ),
  );
  const copied = read.kind === 'exited' ? printedFile(new Secret(read.stdout)) : null;
  expect(copied?.reveal()).toBe(before.get(first));

  // The list of a new peer, and a secret that must arrive byte for byte without standing on a command line.
  const content = `WEAVE_PASSWORD="${SECRET}"\r\n# ä\nPEERS="${list.join(' ')}"`;
  const file = framed(new Secret(content)).reveal();
  const write = writeEnvironmentFile(guest, 'missing', 'run-1');
  expect(JSON.stringify(write)).not.toContain(SECRET);
  expect(await send(guest, write, file.slice(0, -1))).toMatchObject({
    kind: 'exited',
    code: editExit.cutInput,
  });
  expect(existsSync(guest.environmentFile)).toBe(false);
  await done(guest, write, file);
  expect(fileOf(guest)).toBe(content);
  expect(statSync(guest.environmentFile).mode & 0o777).toBe(0o600);
  expect(await send(guest, write, file)).toMatchObject({ kind: 'exited', code: editExit.changed });
  const plain = `PEERS="${list.join(' ')}"\n`;
  await done(
    guest,
    writeEnvironmentFile(guest, digest(content), 'run-2'),
    framed(new Secret(plain)).reveal(),
  );

  await done(guest, installUnit(guest));
  await done(guest, unitEnableNow(guest));
  await reportsOf([guest], (report) => report.ready && report.peers.length === 6);
  const name = (await reportOf(guest))?.name ?? '';
  await reportsOf(members, (report) => sees(report, name));
  await done(guest, weavePrime(guest));

  for (const peer of members) {
    await writeList(peer, list, 'run-1');
    await done(peer, weaveConnect(peer, guest.address));
  }
  await reportsOf(members, (report) => report.targets.includes(guest.address));
});

it('removes it again, so that nothing of it is left', async () => {
  const name = (await reportOf(guest))?.name ?? '';
  await done(guest, unitDisable(guest));
  await done(guest, weaveReset(guest));
  const list = members.map(({ address }) => address);
  for (const peer of members) {
    await writeList(peer, list, 'run-2');
    // A string that is not among its targets is no error for weave, and changes nothing.
    await done(peer, weaveForget(peer, [`${guest.address}:6783`]));
    expect((await reportOf(peer))?.targets).toContain(guest.address);
    await done(peer, weaveForget(peer, [guest.address]));
  }
  await reportsOf(
    members,
    (report) =>
      !sees(report, name) &&
      !report.targets.includes(guest.address) &&
      !report.ipam?.entries.some(({ owner }) => owner === name) &&
      total(report) === report.ipam?.rangeSize,
  );
  expect(await reportOf(guest)).toBeNull();
  const text = fileOf(guest);
  await done(guest, retireEnvironmentFile(guest, digest(text), 'run-3'));
  expect(existsSync(guest.environmentFile)).toBe(false);
  expect(readFileSync(`${guest.environmentFile}.weave-console-run-3`, 'utf8')).toBe(text);
  for (const [peer, was] of before) expect(fileOf(peer)).toBe(was);
});
