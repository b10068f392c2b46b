import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../source/disk/clock.ts';
import { consentToTakeover } from '../../source/lock/consent.ts';
import { LOCK_PACE } from '../../source/lock/state.ts';
import { type LockStatus, type Locksmith, locksmith } from '../../source/session/lock/locksmith.ts';
import { hasFlock } from '../support/flock.ts';
import { LocalLink } from '../support/local-shell.ts';
import { names, request } from '../support/lock-request.ts';

const QUIET = 4_000;
const pace = { ...LOCK_PACE, quiet: QUIET, margin: 400, beatEvery: 300, retryEvery: 500 };

let root: string;
let peers: string[];
let links: LocalLink[];
let smith: Locksmith;
let holder: ChildProcess;
let lines: AsyncIterator<string>;

const nextLine = async (): Promise<string> => (await lines.next()).value ?? '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weave-console-stop-'));
  peers = ['p1', 'p2', 'p3'].map((peer) => join(root, peer));
  links = peers.map((peer) => new LocalLink(peer));
  smith = locksmith(
    new Map(links.map((link, at) => [peers[at] ?? '', link.ports])),
    systemClock,
    names('second'),
    pace,
  );
  const script = join(import.meta.dirname, '../support/lock-holder.ts');
  holder = spawn(process.execPath, [script, String(QUIET), join(root, 'mark'), ...peers], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (holder.stdout === null) throw new Error('no output');
  lines = createInterface({ input: holder.stdout })[Symbol.asyncIterator]();
});

afterEach(() => {
  holder.kill('SIGKILL');
  for (const link of links) link.cut();
  rmSync(root, { recursive: true, force: true });
});

/** Looks until the peers show it; the test's own limit ends a wait that is in vain. */
const until = async (found: (status: LockStatus) => boolean): Promise<LockStatus> => {
  for (;;) {
    const status = await smith.status(peers);
    if (found(status)) return status;
  }
};

const takeOver = async (status: LockStatus) => {
  const said = { typed: 'first-', reason: 'she went home', cluster: 'prod' };
  const agreed = status.takeover && consentToTakeover(status.takeover, said);
  if (!agreed?.ok) throw new Error('no consent');
  const left = status.decision.kind === 'left-behind' ? status.decision.record : null;
  const takeover = { consent: agreed.consent, step: left?.step ?? null };
  for (;;) {
    const taken = await smith.acquire(request(peers, { who: 'ben@desk', reason: said.reason, takeover }));
    if (taken.ok) return taken.lock;
    if (taken.result.kind !== 'refused' || taken.result.why.kind !== 'too-soon')
      throw new Error(JSON.stringify(taken));
    const { wait } = taken.result.why;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
};

describe.skipIf(!hasFlock)('a holder that is stopped, or killed', () => {
  it('loses the lease, and after another took over its commands end with 73 and change nothing', async () => {
    expect(await nextLine()).toBe('held');
    expect((await smith.status(peers)).decision).toMatchObject({ kind: 'held', by: { who: 'anna@laptop' } });
    expect(await smith.acquire(request(peers))).toMatchObject({
      ok: false,
      result: { kind: 'refused', why: { kind: 'held', by: { step: { id: 'launch' } } } },
    });
    holder.kill('SIGSTOP');
    const status = await until(({ decision }) => decision.kind === 'left-behind');
    expect(status.evidence.map(({ lease }) => lease?.kind)).toEqual(['free', 'free', 'free']);
    const lock = await takeOver(status);
    expect(lock.report()).toMatchObject({
      kind: 'held',
      record: { id: 'first-000001', epoch: 2, step: { id: 'launch' } },
    });
    holder.stdin?.write('go\n');
    holder.kill('SIGCONT');
    expect(JSON.parse(await nextLine())).toEqual({ allowed: false, code: 73, why: 'lease' });
    expect(existsSync(join(root, 'mark'))).toBe(false);
    expect(await lock.leave('release')).toEqual({ kind: 'released', leftOn: [] });
    const log = readFileSync(join(peers[0] ?? '', 'state', 'lock.log'), 'utf8');
    expect(
      log
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).did),
    ).toEqual(['taken', 'taken over', 'released']);
    holder.stdin?.write('again\n');
    expect(JSON.parse(await nextLine())).toMatchObject({ allowed: false, code: 73 });
    expect(existsSync(join(root, 'mark'))).toBe(false);
  });

  it('is left behind at once when it is killed, and its change can be resumed', async () => {
    expect(await nextLine()).toBe('held');
    holder.stdin?.write('go\n');
    expect(JSON.parse(await nextLine())).toEqual({ allowed: true, code: 0, why: null });
    holder.kill('SIGKILL');
    const status = await until(({ decision }) => decision.kind === 'left-behind');
    expect(status.decision).toMatchObject({
      record: { procedure: 'add-peer', step: { index: 2, of: 5, id: 'launch' } },
    });
    expect(await smith.acquire(request(peers))).toMatchObject({ result: { why: { kind: 'left-behind' } } });
    const lock = await takeOver(status);
    expect(lock.report().record.epoch).toBe(2);
    await lock.leave('release');
    expect((await smith.status(peers)).decision.kind).toBe('take');
  });
});
