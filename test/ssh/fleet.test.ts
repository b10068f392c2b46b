import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InventoryPeer } from '../../source/cluster/inventory.ts';
import type { Sighting } from '../../source/cluster/sighting.ts';
import { systemClock } from '../../source/disk/clock.ts';
import { createLooker } from '../../source/session/look.ts';
import { contractCommand } from '../contracts/remote-shell.ts';
import { fleetOf, peerBehind } from '../support/fleet.ts';
import { closedPort, httpServer, type Listening, tcpServer, weaveAnswers } from '../support/http-server.ts';
import { makeKey } from '../support/keys.ts';
import { startSsh2Server } from '../support/ssh2-server.ts';
import { noSshd, type RealSshd, startSshd } from '../support/sshd.ts';

const FULL = readFileSync('test/fixtures/traces/03-primed-5of5/a-primed/h1.report.json', 'utf8');
const BRIEF = readFileSync('test/fixtures/traces/16-http/report-projection.out', 'utf8');

/** Looks once with a fleet made for it. */
const lookAt = async (peer: InventoryPeer, parts: Parameters<typeof fleetOf>[1] = {}): Promise<Sighting> => {
  const fleet = fleetOf([peer], parts);
  try {
    return await createLooker(fleet.peer(peer.address), peer, systemClock).look(1);
  } finally {
    await fleet.close();
  }
};

describe.skipIf(noSshd !== null)(`behind a real sshd${noSshd ? ` (skipped: ${noSshd})` : ''}`, () => {
  let sshd: RealSshd;
  let weave: Listening;
  let nothing: number;
  beforeAll(async () => {
    sshd = await startSshd();
    weave = await httpServer(weaveAnswers(FULL, BRIEF));
    nothing = await closedPort();
  });
  afterAll(async () => {
    await weave.close();
    await sshd.stop();
  });
  const statusAt = (port: number) => ({ host: '127.0.0.1', port });
  const member = (given: Partial<InventoryPeer> = {}) =>
    peerBehind(sshd, { statusAddress: statusAt(weave.port), controlAddress: statusAt(nothing), ...given });

  it('gives the report of weave on a status address of its own', async () => {
    expect(await lookAt(member())).toMatchObject({
      kind: 'report',
      via: 'status-port',
      report: { nickname: 'h1', ready: true },
    });
  });

  it.each(['answers every path with it', 'knows no query'])(
    'gives a recorded report from a plain file server that %s',
    async (kind) => {
      const server = createServer((request, response) => {
        if (kind === 'knows no query' && request.url !== '/report') response.writeHead(404).end('not found');
        else response.writeHead(200, { 'Content-Type': 'application/octet-stream' }).end(FULL);
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      const sighting = await lookAt(member({ statusAddress: statusAt(port) }));
      expect(sighting).toMatchObject({ kind: 'report', via: 'status-port', report: { nickname: 'h1' } });
      server.closeAllConnections();
      server.close();
    },
  );

  it('gives the facts of a real host, and its skew', async () => {
    const peer = member();
    const fleet = fleetOf([peer]);
    const sighting = await createLooker(fleet.peer(peer.address), peer, systemClock).probe(1);
    expect(sighting).toMatchObject({
      kind: 'facts',
      facts: { user: sshd.user, tools: expect.arrayContaining(['awk']) },
    });
    expect(sighting.kind === 'facts' && Math.abs(sighting.skew ?? Infinity)).toBeLessThan(3_600_000);
    await fleet.close();
  });

  it('a restricted account sees the report and has no shell, and its host is not suspect', async () => {
    const key = makeKey(sshd.folder, 'viewer');
    sshd.authorize([
      `${sshd.clientKey.publicKey}`,
      `restrict,port-forwarding,permitopen="127.0.0.1:${weave.port}",command="/bin/false" ${key.publicKey}`,
    ]);
    const peer = member({ identity: [key.file] });
    const fleet = fleetOf([peer]);
    const looker = createLooker(fleet.peer(peer.address), peer, systemClock);
    expect(await looker.look(1)).toMatchObject({ kind: 'report', via: 'status-port' });
    expect(await looker.probe(2)).toMatchObject({ kind: 'none', why: { kind: 'no-shell', layer: 'ssh' } });
    expect(await looker.log(5)).toMatchObject({ kind: 'failed' });
    expect(await looker.look(3)).toMatchObject({ kind: 'report', via: 'status-port' });
    await fleet.close();

    const stopped = member({
      identity: [key.file],
      statusAddress: statusAt(nothing),
      controlAddress: statusAt(nothing),
    });
    expect(await lookAt(stopped)).toMatchObject({ kind: 'silent', why: { kind: 'no-shell', layer: 'ssh' } });
  });

  it('takes curl where forwarding is prohibited', async () => {
    const key = makeKey(sshd.folder, 'runner');
    sshd.authorize([`${sshd.clientKey.publicKey}`, `restrict ${key.publicKey}`]);
    const sighting = await lookAt(member({ identity: [key.file] }));
    const curl = execFileSync('sh', ['-c', 'command -v curl || true'], { encoding: 'utf8' }).trim();
    if (curl) expect(sighting).toMatchObject({ kind: 'report', via: 'curl', report: { nickname: 'h1' } });
    else expect(sighting).toMatchObject({ kind: 'silent', why: { layer: 'ssh' } });
  });

  it('calls a weave that is not there refused, by weave', async () => {
    expect(await lookAt(member({ statusAddress: statusAt(nothing) }))).toMatchObject({
      kind: 'silent',
      why: { kind: 'refused', layer: 'weave' },
    });
  });

  it('refuses an unknown host key before it offers any key', async () => {
    const empty = join(sshd.folder, 'empty');
    writeFileSync(empty, '');
    expect(await lookAt(member({ knownHosts: [empty] }))).toMatchObject({
      kind: 'silent',
      why: {
        kind: 'host-key',
        layer: 'ssh',
        text: expect.stringMatching(/is not known: it showed ssh-ed25519 SHA256:\S+/),
      },
    });
  });

  it('refuses a changed host key with both fingerprints', async () => {
    const changed = join(sshd.folder, 'changed');
    writeFileSync(changed, `[127.0.0.1]:${sshd.port} ${sshd.clientKey.publicKey}\n`);
    const sighting = await lookAt(member({ knownHosts: [changed] }));
    expect(sighting.kind === 'silent' && sighting.why.text.match(/SHA256:/g)?.length).toBe(2);
  });

  it('says which keys a refused login offered and which it skipped', async () => {
    const stranger = makeKey(sshd.folder, 'stranger').file;
    const locked = makeKey(sshd.folder, 'locked', 'ed25519', 'secret').file;
    const sighting = await lookAt(member({ identity: [locked, stranger] }));
    expect(sighting).toMatchObject({ kind: 'silent', why: { kind: 'auth', layer: 'ssh' } });
    const text = sighting.kind === 'silent' ? sighting.why.text : '';
    expect(text).toContain(`${locked} was skipped: it is protected by a passphrase`);
    expect(text).toContain(`${stranger} was offered`);
  });

  it('logs in by an agent that holds the protected key', async () => {
    const locked = makeKey(sshd.folder, 'by-agent', 'ed25519', 'secret');
    sshd.authorize([sshd.clientKey.publicKey, locked.publicKey]);
    const socket = join(sshd.folder, 'agent.sock');
    const said = execFileSync('ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' });
    const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(said)?.[1]);
    try {
      const open = join(sshd.folder, 'by-agent-open');
      writeFileSync(open, readFileSync(locked.file), { mode: 0o600 });
      execFileSync('ssh-keygen', ['-q', '-p', '-P', 'secret', '-N', '', '-f', open], { stdio: 'ignore' });
      execFileSync('ssh-add', ['-q', open], {
        env: { ...process.env, SSH_AUTH_SOCK: socket },
        stdio: 'ignore',
      });
      expect(await lookAt(member({ identity: [locked.file] }), { agent: socket })).toMatchObject({
        kind: 'report',
      });
    } finally {
      process.kill(pid);
    }
  });

  it('names an agent that is not there, and goes on with the files', async () => {
    const gone = join(sshd.folder, 'no-agent.sock');
    expect(await lookAt(member(), { agent: gone })).toMatchObject({ kind: 'report' });
    const sighting = await lookAt(member({ identity: [] }), { agent: gone });
    expect(sighting).toMatchObject({
      kind: 'silent',
      why: { kind: 'auth', text: expect.stringContaining("the agent can't be reached (ENOENT)") },
    });
  });

  it('reaches thirty peers behind one sshd without being dropped by its MaxStartups', async () => {
    const peers = Array.from({ length: 30 }, (_, index) =>
      member({ address: `10.0.0.${index}`, host: '127.0.0.1' }),
    );
    const fleet = fleetOf(peers);
    const sightings = await Promise.all(
      peers.map((peer) => createLooker(fleet.peer(peer.address), peer, systemClock).look(1)),
    );
    expect(sightings.map(({ kind }) => kind)).toEqual(peers.map(() => 'report'));
    await fleet.close();
  });
});

describe.skipIf(noSshd !== null)('an sshd that hangs', () => {
  it('is silent with its own time-out while other rows answer, and answers again when it goes on', async () => {
    const [hung, healthy] = await Promise.all([startSshd(), startSshd()]);
    const weave = await httpServer(weaveAnswers(FULL, BRIEF));
    const address = { statusAddress: { host: '127.0.0.1', port: weave.port } };
    const peers = [
      peerBehind(hung, { address: 'hung', ...address }),
      peerBehind(healthy, { address: 'healthy', ...address }),
    ] as const;
    const fleet = fleetOf(peers);
    const times = { answer: 1000, better: 30_000, curlAgain: 15_000, weaveReportAgain: 60_000 };
    const [one, other] = peers.map((peer) =>
      createLooker(fleet.peer(peer.address), peer, systemClock, times),
    );
    expect(await one?.look(1)).toMatchObject({ kind: 'report' });
    expect(await other?.look(1)).toMatchObject({ kind: 'report' });

    hung.signal('SIGSTOP');
    let answered = false;
    const silent = one?.look(2).then((sighting) => {
      answered = true;
      return sighting;
    });
    expect(await other?.look(2)).toMatchObject({ kind: 'report' });
    expect(answered).toBe(false);
    expect(await silent).toMatchObject({ kind: 'silent', why: { kind: 'timeout', layer: 'ssh' } });

    hung.signal('SIGCONT');
    await expect
      .poll(
        async () => {
          fleet.retryNow(['hung']);
          return (await one?.look(3))?.kind;
        },
        { timeout: 40_000 },
      )
      .toBe('report');
    await fleet.close();
    await weave.close();
    await Promise.all([hung.stop(), healthy.stop()]);
  });
});

it.skipIf(noSshd !== null)('does not wait for a server that hangs when it closes', async () => {
  const hung = await startSshd();
  const peer = peerBehind(hung);
  const fleet = fleetOf([peer]);
  const says = await fleet.peer(peer.address).shell.read(contractCommand('says', 'echo hello'));
  expect(says).toMatchObject({ kind: 'exited' });
  hung.signal('SIGSTOP');
  await fleet.close();
  await hung.stop();
});

describe('a host that is not as it should be', () => {
  const says = contractCommand('says', 'echo hello');

  it('has no name', async () => {
    const sighting = await lookAt(
      peerBehind({ port: 22, knownHosts: '', clientKey: { file: '' } }, { host: 'no-such-host.invalid' }),
    );
    expect(sighting).toMatchObject({ kind: 'silent', why: { kind: 'dns', layer: 'ssh' } });
  });

  it('refuses', async () => {
    const sighting = await lookAt(
      peerBehind({ port: await closedPort(), knownHosts: '', clientKey: { file: '' } }),
    );
    expect(sighting).toMatchObject({ kind: 'silent', why: { kind: 'refused', layer: 'ssh' } });
  });

  it('hangs up at once, or speaks something else', async () => {
    const mute = await tcpServer((socket) => void socket.end());
    const web = await httpServer((_, response) => response.end());
    const at = (port: number) => lookAt(peerBehind({ port, knownHosts: '', clientKey: { file: '' } }));
    expect(await at(mute.port)).toMatchObject({ kind: 'silent', why: { kind: 'closed', layer: 'ssh' } });
    expect(await at(web.port)).toMatchObject({ kind: 'silent', why: { layer: 'ssh' } });
    await mute.close();
    await web.close();
  });

  it('forbids exec: nothing was run', async () => {
    const server = await startSsh2Server({ exec: 'forbid' });
    const peer = peerBehind(server);
    const fleet = fleetOf([peer]);
    expect(await fleet.peer(peer.address).shell.read(says)).toMatchObject({
      kind: 'unsent',
      why: { kind: 'no-shell', layer: 'ssh' },
    });
    await fleet.close();
    await server.stop();
  });

  it('drops the connection: the next look makes a new one', async () => {
    const server = await startSsh2Server();
    const weave = await httpServer(weaveAnswers(FULL, BRIEF));
    const peer = peerBehind(server, { statusAddress: { host: '127.0.0.1', port: weave.port } });
    const fleet = fleetOf([peer]);
    const looker = createLooker(fleet.peer(peer.address), peer, systemClock);
    expect(await looker.look(1)).toMatchObject({ kind: 'report' });
    server.cut();
    await expect.poll(async () => (await looker.look(2)).kind, { timeout: 20_000 }).toBe('report');
    expect(server.logins()).toBe(2);
    await fleet.close();
    await weave.close();
    await server.stop();
  });

  it('says nothing while we give up: closing ends the login under way', async () => {
    const mute = await tcpServer(() => {});
    const peer = peerBehind({ port: mute.port, knownHosts: '', clientKey: { file: '' } });
    const fleet = fleetOf([peer]);
    const looking = createLooker(fleet.peer(peer.address), peer, systemClock).look(1);
    await fleet.close();
    expect(await looking).toMatchObject({ kind: 'silent', why: { kind: 'closed', layer: 'ssh' } });
    await mute.close();
  });

  it('has two host keys of which only the second is known', async () => {
    const server = await startSsh2Server({ hostKeyTypes: ['ed25519', 'ecdsa'] });
    const lines = readFileSync(server.knownHosts, 'utf8').split('\n');
    writeFileSync(server.knownHosts, '');
    appendFileSync(server.knownHosts, `${lines.find((line) => line.includes('ecdsa'))}\n`);
    const peer = peerBehind(server);
    const fleet = fleetOf([peer]);
    expect(await fleet.peer(peer.address).shell.read(says)).toMatchObject({
      kind: 'exited',
      stdout: 'hello\n',
    });
    expect(server.logins()).toBe(1);
    await fleet.close();
    await server.stop();
  });

  it('is not in the inventory', () => {
    expect(() => fleetOf([]).peer('10.9.9.9')).toThrow('10.9.9.9 is not in the inventory of test');
  });
});
