import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentedUnit, places } from '../../../source/demo/machine/files.ts';
import { type Theatre, theatre } from '../support.ts';

const facts = 'test/fixtures/hosts';

describe('systemctl', () => {
  let demo: Theatre;
  beforeAll(async () => {
    demo = await theatre('healthy');
  });
  afterAll(() => demo.close());
  const show = async (host: string) =>
    (
      await demo.run(
        host,
        'systemctl show weave.service -p ActiveState,SubState,UnitFileState,Result,ExecMainStatus',
      )
    ).stdout;

  it.each([
    [
      'systemctl-show-running',
      'h1',
      'weave.service',
      'LoadState,ActiveState,SubState,UnitFileState,Result,ExecMainStatus,Restart,FragmentPath,DropInPaths,EnvironmentFiles,ActiveEnterTimestamp,NRestarts',
    ],
    [
      'systemctl-show-missing',
      'h6',
      'no-such.service',
      'LoadState,ActiveState,SubState,UnitFileState,FragmentPath',
    ],
  ])('prints as in %s', async (trace, host, unit, properties) => {
    const { stdout } = await demo.run(host, `systemctl show ${unit} -p ${properties}`);
    const root = demo.stage.machine(host).files.root;
    const real = readFileSync(`${facts}/${trace}.out`, 'utf8');
    const plain = (text: string) => text.replaceAll(root, '').replace(/(Timestamp=).*/, '$1');
    expect(plain(stdout)).toBe(plain(real));
  });

  it('stops and starts, and weave keeps its ring', async () => {
    const before = (await demo.run('h2', 'weave status ipam')).stdout.split('\n').sort();
    expect((await demo.run('h2', 'systemctl stop weave.service')).code).toBe(0);
    expect(await show('h2')).toBe(
      'Result=success\nExecMainStatus=0\nActiveState=inactive\nSubState=dead\nUnitFileState=enabled\n',
    );
    expect((await demo.run('h2', "docker ps -a --format '{{.Names}} {{.Status}}'")).stdout).toMatch(
      /^weave Exited \(0\) .*\nweavevolumes-2\.8\.1 Created\nweavedb Created\n$/,
    );
    expect((await demo.run('h2', 'systemctl is-active weave')).stdout).toBe('inactive\n');
    expect((await demo.run('h2', 'systemctl start weave')).code).toBe(0);
    await demo.stage.pass(5000);
    const owners = (lines: string[]) => lines.map((line) => line.replace(/ \(\d active\)| $/g, ''));
    expect(owners((await demo.run('h2', 'weave status ipam')).stdout.split('\n').sort())).toEqual(
      owners(before),
    );
  });

  it('shows a killed weaver as failed with 137', async () => {
    demo.stage.world.exit('h3', 137);
    expect(await show('h3')).toBe(
      'Result=exit-code\nExecMainStatus=137\nActiveState=failed\nSubState=failed\nUnitFileState=enabled\n',
    );
    await demo.run('h3', 'systemctl restart weave');
    expect((await demo.run('h3', 'systemctl is-active weave.service')).stdout).toBe('active\n');
  });

  it('disables without stopping; reset then leaves nothing, and a reboot brings nothing back', async () => {
    const disabled = await demo.run('h5', 'systemctl disable weave.service');
    expect(disabled.stderr).toBe('Removed "/etc/systemd/system/multi-user.target.wants/weave.service".\n');
    expect((await demo.run('h5', 'systemctl is-active weave.service')).stdout).toBe('active\n');
    expect(await demo.run('h5', 'weave reset')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await show('h5')).toBe(
      'Result=success\nExecMainStatus=0\nActiveState=inactive\nSubState=dead\nUnitFileState=disabled\n',
    );
    expect((await demo.run('h5', "docker ps -a --format '{{.Names}}'")).stdout).toBe('');
    expect((await demo.run('h5', 'ip -o link show type bridge')).stdout).not.toContain('weave');
    await demo.run('h5', 'reboot');
    await demo.stage.pass(60_000);
    expect((await demo.run('h5', 'systemctl is-active weave.service')).stdout).toBe('inactive\n');
  });

  it('starts weave at boot where the unit is enabled, with a new boot id', async () => {
    const { files } = demo.stage.machine('h4');
    const before = files.read(places.bootId);
    files.write('run/lock/something', 'x');
    await demo.run('h4', 'systemctl reboot');
    await demo.stage.pass(5000);
    expect(demo.stage.world.host('h4').up).toBe(false);
    await demo.stage.pass(60_000);
    expect(files.read(places.bootId)).not.toBe(before);
    expect(files.has('run/lock/something')).toBe(false);
    expect((await demo.run('h4', 'weave status')).stdout).toContain('Status: ready');
  });

  it('installs, enables and starts a new peer by its files alone', async () => {
    const { files } = demo.stage.machine('h6');
    expect((await demo.run('h6', 'systemctl enable --now weave.service')).code).toBe(1);
    files.write(places.unit, documentedUnit);
    files.write(
      places.environmentFile,
      '# peers\nPEERS="127.77.0.11 127.77.0.12 \\\n127.77.0.13 127.77.0.14 127.77.0.16"\n',
    );
    expect(await demo.run('h6', 'systemctl enable --now weave.service')).toEqual({
      code: 0,
      stdout: '',
      stderr:
        'Created symlink /etc/systemd/system/multi-user.target.wants/weave.service → /etc/systemd/system/weave.service.\n',
    });
    expect((await demo.run('h6', 'weave status targets')).stdout.split('\n')).toHaveLength(6);
    expect((await demo.run('h6', 'weave status')).stdout).toContain('Status: ready');
  });

  it('fails a unit whose list names nobody, and one whose file must be there', async () => {
    const { files } = demo.stage.machine('h7');
    files.write(places.unit, documentedUnit);
    files.write(places.environmentFile, 'PEERS=nosuchhost\n');
    const failed = await demo.run('h7', 'systemctl start weave');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('Job for weave.service failed');
    files.remove(places.environmentFile);
    files.write(places.unit, documentedUnit.replace('=-/etc', '=/etc'));
    expect((await demo.run('h7', 'systemctl start weave')).code).toBe(1);
    expect(await show('h7')).toContain('ActiveState=failed');
  });

  it('restarts by the word of the unit', async () => {
    const { files } = demo.stage.machine('h1');
    files.write(places.unit, documentedUnit.replace('[Install]', 'Restart=always\n[Install]'));
    demo.stage.world.exit('h1', 0);
    await demo.stage.pass(6000);
    expect((await demo.run('h1', 'systemctl is-active weave')).stdout).toBe('active\n');
    expect((await demo.run('h1', 'systemctl show weave -p Restart --value')).stdout).toBe('always\n');
  });
});
