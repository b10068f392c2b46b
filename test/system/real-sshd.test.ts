import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';
import { closedPort } from '../support/http-server.ts';
import { row } from '../support/journey.ts';
import { makeKey } from '../support/keys.ts';
import { openScreen, type Screen } from '../support/pty.ts';
import { type RecordedPeer, recordedCluster, writeConfig } from '../support/recorded-cluster.ts';
import { noSshd, type RealSshd, startSshd } from '../support/sshd.ts';
import { byPeer, found, readStatus } from '../support/status.ts';

const healthy = '03-primed-5of5/b-with-ips';
const parted = '04-partition/p2-b-70s';

describe.skipIf(noSshd !== null)(`recorded peers behind real sshds${noSshd ? ` (${noSshd})` : ''}`, () => {
  let first: RealSshd;
  /** Before the fifth peer alone. */
  let second: RealSshd;
  let peers: RecordedPeer[];
  let closed: number;
  beforeAll(async () => {
    [first, second, closed] = await Promise.all([startSshd(), startSshd(), closedPort()]);
  });
  afterAll(async () => {
    await first.stop();
    await second.stop();
  });
  beforeEach(async () => {
    peers = await recordedCluster(healthy);
  });
  afterEach(async () => {
    for (const peer of peers) await peer.close();
  });

  const sshdOf = (peer: RecordedPeer) => (peer === peers[4] ? second : first);
  const config = (given: { identity?: string; interval?: number } = {}) =>
    writeConfig(first.folder, peers, closed, { sshdOf, ...given });
  const status = async (file: string) => {
    const { code, stdout, stderr } = await runCli(['status', '--once', '--json', '--config', file]);
    expect(stderr).toBe('');
    return { code, document: readStatus(stdout) };
  };

  describe('status', () => {
    it('reads a healthy cluster, and does not alarm for what these hosts lack', async () => {
      const { code, document } = await status(config());
      expect(found(document)).toEqual([]);
      expect(code).toBe(0);
      expect(document.quorum.ipam.phase).toBe('ready');
      expect(document.quorum.mesh).toMatchObject({ configured: 5, connected: 5, majority: 3 });
      expect(byPeer(document, ({ nickname, state, via }) => `${nickname} ${state} ${via}`)).toEqual({
        11: 'h1 ready status-port',
        12: 'h2 ready status-port',
        13: 'h3 ready status-port',
        14: 'h4 ready status-port',
        15: 'h5 ready status-port',
      });
    });

    it.each([
      ['01-launched-idle', 3, ['warning not-primed: 11 12 13 14 15']],
      [parted, 3, ['warning owner-unreachable: 14', 'warning tcp-no-route: 14']],
    ])('reads %s', async (trace, expected, findings) => {
      for (const peer of peers) peer.serve(trace);
      const { code, document } = await status(config());
      expect({ code, findings: found(document) }).toEqual({ code: expected, findings });
    });

    it('calls a peer hung whose port accepts and never answers, and one stopped whose port refuses', async () => {
      peers[3]?.hang();
      await peers[4]?.close();
      const { code, document } = await status(config());
      expect(code).toBe(3);
      expect(
        byPeer(document, ({ state, trouble }) => `${state} ${trouble?.kind} ${trouble?.layer}`),
      ).toMatchObject({
        11: 'ready undefined undefined',
        14: 'hung timeout weave',
        15: 'stopped refused weave',
      });
      expect(found(document)).toContain('critical weaver-hangs: 14');
    });

    it.each([
      ['with a forced command', ',command="/bin/false"', null],
      ['without one', '', expect.any(String)],
    ])('an account restricted to the status ports sees the cluster, %s', async (_, command, hostname) => {
      const key = makeKey(first.folder, `viewer${command.length}`);
      const ports = peers.map(({ port }) => `permitopen="127.0.0.1:${port}"`).join(',');
      for (const sshd of [first, second])
        sshd.authorize([
          sshd.clientKey.publicKey,
          `restrict,port-forwarding,${ports}${command} ${key.publicKey}`,
        ]);
      const { code, document } = await status(config({ identity: key.file }));
      expect({ code, findings: found(document) }).toEqual({ code: 0, findings: [] });
      for (const peer of document.peers)
        expect(peer).toMatchObject({ state: 'ready', reach: 'report', via: 'status-port', hostname });
    });
  });

  describe('the console', () => {
    let screen: Screen | null = null;
    afterEach(async () => {
      first.signal('SIGCONT');
      second.signal('SIGCONT');
      screen?.kill();
      await screen?.ended;
      screen = null;
    });
    const open = async (interval: number, identity?: string): Promise<Screen> => {
      const file = config({ interval, ...(identity === undefined ? {} : { identity }) });
      screen = openScreen(['--config', file], { columns: 140, rows: 30 });
      await screen.until(/mesh 5\/5 connected/);
      return screen;
    };
    const asked = () => peers.map((peer) => peer.asked());
    /** How often each peer was asked since then, at most. */
    const looks = (since: readonly number[]) =>
      Math.max(...asked().map((now, index) => now - (since[index] ?? 0)));

    it('shows what the reports say after one look at each', async () => {
      const seen = await open(2000);
      for (const [trace, text] of [
        [parted, /mesh 4\/5 connected, 2 groups, majority 3/],
        [healthy, /mesh 5\/5 connected, majority 3/],
        ['01-launched-idle', /IPAM idle, not primed/],
      ] as const) {
        for (const peer of peers) peer.serve(trace);
        const since = asked();
        await seen.until(text);
        // The quickest may have been asked once more while the others had their turn.
        expect(looks(since)).toBeLessThanOrEqual(2);
      }
      const since = asked();
      await peers[4]?.close();
      await seen.until((text) => /■ stopped/.test(row(text, '10.77.0.15')));
      expect(looks(since)).toBeLessThanOrEqual(2);
    });

    it('shows a frozen SSH server as silent, with its age, while no other row waits; and sees it come back', async () => {
      const seen = await open(500);
      await seen.until((text) => /● ready/.test(row(text, '10.77.0.15')));
      second.signal('SIGSTOP');
      const since = asked();
      const silent = await seen.until((text) =>
        /✖ silent +10\.77\.0\.15 .*timeout · last report \d+s ago/.test(row(text, '10.77.0.15')),
      );
      const others = asked().map((now, index) => now - (since[index] ?? 0));
      // It took the silent one's time-out to know; the others were looked at all the while.
      expect(others[4]).toBeLessThanOrEqual(1);
      for (const index of [0, 1, 2, 3]) {
        expect(others[index]).toBeGreaterThanOrEqual(3);
        expect(row(silent, `10.77.0.1${index + 1}`)).toMatch(/● ready .*<\ds/);
      }
      const age = (text: string) => Number(/last report (\d+)s ago/.exec(row(text, '10.77.0.15'))?.[1] ?? 0);
      await seen.until((text) => age(text) > age(silent));
      second.signal('SIGCONT');
      await seen.until((text) => /● ready/.test(row(text, '10.77.0.15')), 55_000);
    });

    it('shows "no shell" to an account that has none', async () => {
      const key = makeKey(first.folder, 'watcher');
      const ports = peers.map(({ port }) => `permitopen="127.0.0.1:${port}"`).join(',');
      const line = `restrict,port-forwarding,${ports},command="/bin/false" ${key.publicKey}`;
      for (const sshd of [first, second]) sshd.authorize([sshd.clientKey.publicKey, line]);
      const seen = await open(500, key.file);
      await seen.until((text) =>
        peers.every(({ address }) => /● ready .* no shell +no shell +2\.8\.1/.test(row(text, address))),
      );
      expect(seen.text()).toContain('no findings');
    });
  });
});
