import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Theatre, theatre } from '../support.ts';

const trace = (name: string) => readFileSync(`test/fixtures/hosts/${name}`, 'utf8');

describe('the other programs of a host', () => {
  let demo: Theatre;
  beforeAll(async () => {
    demo = await theatre('healthy');
  });
  afterAll(() => demo.close());
  const out = async (host: string, line: string) => (await demo.run(host, line)).stdout;

  it('docker inspects', async () => {
    const state = await out(
      'h1',
      "docker inspect -f '{{json .State}} {{json .HostConfig.RestartPolicy}}' weave",
    );
    const keys = (text: string) => text.replace(/:("[^"]*"|\d+)/g, ':_');
    expect(keys(state)).toBe(keys(trace('docker-inspect-state.out')));
    expect(await out('h1', "docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' weave")).toBe(
      'running 0\n',
    );
    expect(await demo.run('h6', "docker inspect -f '{{json .State}}' weave")).toEqual({
      code: 1,
      stdout: '\n',
      stderr: 'Error: No such object: weave\n',
    });
    expect(await out('h1', "docker inspect -f '{{.State.Status}}' weavedb")).toBe('created\n');
    expect((await demo.run('h1', "docker inspect -f '{{.Nope}}' weave")).code).toBe(64);
    expect(await out('h1', "docker version --format '{{.Server.Version}}'")).toBe('20.10.24+dfsg1\n');
  });

  it('curl knocks at the weave port of other hosts, as the world lets it', async () => {
    const knock = (host: string, to: string) =>
      demo.run(host, `curl -q -sv --noproxy '*' --connect-timeout 3 -m 3 telnet://${to}:6783`);
    const open = await knock('h1', '127.77.0.12');
    expect(open.code).toBe(28);
    expect(open.stderr).toContain('* Connected to 127.77.0.12 (127.77.0.12) port 6783 (#0)\n');
    const refused = await knock('h1', '127.77.0.16');
    expect(refused.code).toBe(7);
    expect(refused.stderr).toBe(
      '*   Trying 127.77.0.16:6783...\n' +
        '* connect to 127.77.0.16 port 6783 failed: Connection refused\n' +
        "* Failed to connect to 127.77.0.16 port 6783 after 0 ms: Couldn't connect to server\n" +
        '* Closing connection 0\n',
    );
    expect((await knock('h1', 'nobody')).code).toBe(6);
    demo.stage.world.cut(['h1'], ['h2']);
    const cut = await knock('h1', '127.77.0.12');
    expect(cut.code).toBe(28);
    expect(cut.stderr).not.toContain('Connected to');
    demo.stage.world.heal();
  });

  it('curl asks weave, and says by its exit code why it could not', async () => {
    const url = 'http://127.0.0.1:6784';
    expect(await out('h1', `curl -sS -m 5 -H 'Accept: application/json' ${url}/report`)).toContain(
      '"NickName": "h1"',
    );
    expect(await out('h1', `curl -s -o /dev/null -w '%{http_code} %{content_type}\\n' ${url}/status`)).toBe(
      '200 text/plain; charset=utf-8\n',
    );
    expect(await out('h1', `curl -s ${url}/report`)).toBe('error: must supply one format parameter\n');
    expect(
      await out('h1', `curl -sG --data-urlencode 'format={{json .Router.NickName}}' ${url}/report`),
    ).toBe('"h1"');
    expect(await out('h1', 'curl -s http://127.0.0.1:6782/ring')).toBe('404 page not found\n');
    expect(await out('h1', `curl -s -X DELETE ${url}/peer/nonesuch`)).toBe(
      '0 IPs taken over from nonesuch\n',
    );
    expect((await demo.run('h1', `curl -fsS ${url}/nope`)).code).toBe(22);
    expect((await demo.run('h6', `curl -s ${url}/status`)).code).toBe(7);
    expect(await out('h1', `curl -s -X POST ${url}/ip/c9`)).toMatch(/^10\.\d+\.\d+\.\d+\/12$/);
    demo.stage.world.hang('h5', true);
    const late = await demo.run('h5', `curl -sS -m 5 ${url}/status`);
    expect(late.code).toBe(28);
    expect(late.stderr).toMatch(
      /^curl: \(28\) Operation timed out after 50\d\d milliseconds with 0 bytes received\n$/,
    );
    demo.stage.world.hang('h5', false);
  });

  it('getent, ip and journalctl print as on a real host', async () => {
    const good = trace('getent-good.out').split('\n').slice(0, 3);
    const got = (await out('h1', 'getent ahosts 10.77.0.12')).split('\n').slice(0, 3);
    expect(got.map((line) => line.split(/\s+/).slice(0, 2))).toEqual(
      good.map((line) => line.split(/\s+/).slice(0, 2)),
    );
    expect((await demo.run('h1', 'getent ahosts no-such-host.invalid')).code).toBe(2);
    expect(await out('h6', 'ip route')).toBe(trace('ip-route-spare.out').replaceAll('10.77.', '127.77.'));
    expect(await out('h1', 'ip -o link show weave')).toContain('link/ether');
    expect((await demo.run('h6', 'ip -o link show weave')).code).toBe(1);
    const log = (await out('h1', 'journalctl -u weave.service -n 4 --no-pager -o short-iso'))
      .trimEnd()
      .split('\n');
    expect(log).toHaveLength(4);
    for (const line of log)
      expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000 h1 (docker|systemd|weave)\[\d+\]: \S/);
  });
});
