import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Theatre, theatre } from '../support.ts';

const notRunning = 'weave container is not running.\n';
const notPresent = 'weave container is not present. Have you launched it?\n';

describe('weave on a host', () => {
  let demo: Theatre;
  beforeAll(async () => {
    demo = await theatre('healthy');
    demo.stage.world.exit('h5', 137);
  });
  afterAll(() => demo.close());

  // Exit code, stdout, stderr as seen on a real host whose container had exited.
  it.each([
    ['weave status', 1, '\n\n', notRunning],
    ['weave status connections', 1, '', notRunning],
    ['weave status bogus', 1, '', notRunning],
    ['weave report', 7, '', notRunning],
    ['weave report -f {{.Version}}', 7, '', notRunning],
    ['weave version', 0, 'weave script 2.8.1\nweave 2.8.1\n', ''],
    ['weave prime', 7, '', notRunning],
    ['weave forget 127.77.0.11', 7, '', notRunning],
    ['weave connect 127.77.0.11', 7, '', notRunning],
    ['weave rmpeer h1', 1, '', notRunning],
    ['weave expose', 7, '', notRunning],
    ['weave env', 0, '', notRunning],
    ['weave stop', 0, '', 'Weave is not running (ignore on Kubernetes).\n'],
    [
      'weave reset',
      1,
      '',
      'ERROR: weave is not running; unable to remove from cluster.\nRe-launch weave before reset or use --force to override.\n',
    ],
  ])('that was killed: %s', async (line, code, stdout, stderr) => {
    expect(await demo.run('h5', line)).toEqual({ code, stdout, stderr });
  });

  it.each([
    ['weave status', 1, '\n\n', notPresent],
    ['weave report', 7, '', notPresent],
    ['weave prime', 7, '', notPresent],
    ['weave forget 127.77.0.12', 7, '', notPresent],
    ['weave rmpeer h2', 1, '', notPresent],
    ['weave stop', 0, '', 'Weave is not running (ignore on Kubernetes).\n'],
    ['weave reset', 0, '', 'Weave is not running (ignore on Kubernetes).\n'],
    ['weave ps', 0, '', ''],
  ])('that never had it: %s', async (line, code, stdout, stderr) => {
    expect(await demo.run('h6', line)).toEqual({ code, stdout, stderr });
  });

  it.each([
    ['weave launch 127.77.0.11', 3, '', "weave is already running; you can stop it with 'weave stop'.\n"],
    ['weave prime', 0, '', ''],
    ['weave forget 127.77.0.99', 0, '', ''],
    ['weave rmpeer nosuchpeer', 0, '0 IPs taken over from nosuchpeer\n', ''],
    ['weave report -f {{.Version}}', 0, '2.8.1', ''],
  ])('that runs it: %s', async (line, code, stdout, stderr) => {
    expect(await demo.run('h1', line)).toEqual({ code, stdout, stderr });
  });

  it('explains itself where it does not understand', async () => {
    const usage = readFileSync('test/fixtures/hosts/weave-usage.err', 'utf8');
    expect(await demo.run('h1', 'weave forget')).toEqual({ code: 1, stdout: '', stderr: usage });
    expect((await demo.run('h1', 'weave bogus')).stderr).toBe(`Unknown weave command 'bogus'\n${usage}`);
  });

  it('needs docker', async () => {
    await demo.run('h7', 'systemctl stop docker');
    expect((await demo.run('h7', 'weave status')).code).toBe(125);
    expect((await demo.run('h7', 'weave launch 127.77.0.17')).code).toBe(1);
    await demo.run('h7', 'systemctl start docker');
  });

  it('dies at a name that nobody knows', async () => {
    expect(await demo.run('h7', 'weave launch nosuchhost.example 127.77.0.18')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'The weave container has died. Consult the container logs for further details.\n',
    });
  });

  it('is started again by docker unless launched with --no-restart', async () => {
    await demo.run('h7', 'weave reset --force');
    await demo.run('h7', 'weave launch 127.77.0.17');
    expect(
      (await demo.run('h7', "docker inspect -f '{{.HostConfig.RestartPolicy.Name}}' weave")).stdout,
    ).toBe('always\n');
    demo.stage.world.exit('h7', 137);
    await demo.stage.pass(1500);
    expect((await demo.run('h7', 'weave status')).code).toBe(0);
    await demo.run('h7', 'weave reset');
  });
});

describe('weave prime', () => {
  it('waits for the third, and ends with curl 52 when weave is stopped', async () => {
    const demo = await theatre('waiting-for-quorum');
    try {
      const waiting = demo.run('h2', 'weave prime');
      await demo.stage.pass(2000);
      await demo.run('h2', 'systemctl stop weave');
      expect(await waiting).toEqual({ code: 52, stdout: '', stderr: 'curl: (52) Empty reply from server\n' });
      const blocked = demo.run('h1', 'weave prime');
      await demo.run('h2', 'systemctl start weave');
      await demo.run('h3', 'systemctl start weave');
      expect(await blocked).toEqual({ code: 0, stdout: '', stderr: '' });
    } finally {
      demo.close();
    }
  });
});
