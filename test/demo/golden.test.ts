import { expect, it } from 'vitest';
import { documentedUnit, places } from '../../source/demo/machine/files.ts';
import { owned } from '../../source/demo/world/ring.ts';
import { runningOn } from '../../source/demo/world/weaver.ts';
import { theatre } from './support.ts';

it('adds and removes a peer by the book, and ends as a real cluster does', async () => {
  const demo = await theatre('healthy');
  try {
    const { stage } = demo;
    const lists = async (host: string) =>
      (await demo.run(host, 'weave status targets')).stdout.trim().split('\n').sort();
    const own = (host: string) => {
      const weaver = runningOn(stage.world.host(host));
      return weaver === null ? 0 : owned(weaver.ring, weaver.name);
    };
    const olds = ['h1', 'h2', 'h3', 'h4', 'h5'];

    const six = [...stage.addresses, '127.77.0.16'];
    const added = stage.machine('h6');
    added.files.write(places.unit, documentedUnit);
    stage.writeList(added, six);
    expect((await demo.run('h6', 'systemctl enable --now weave.service')).code).toBe(0);
    expect(await demo.run('h6', 'weave prime')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await lists('h1')).toEqual(stage.addresses);
    for (const host of olds) expect((await demo.run(host, 'weave connect 127.77.0.16')).code).toBe(0);
    for (const host of [...olds, 'h6']) expect(await lists(host)).toEqual(six);
    expect((await demo.run('h6', 'weave status')).stdout).toContain(
      'Connections: 6 (5 established, 1 failed)',
    );
    expect(own('h6')).toBe(0);

    const before = own('h3');
    await demo.run('h3', 'systemctl disable weave.service');
    expect(await demo.run('h3', 'weave reset')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(before).toBeGreaterThan(0);
    const rest = ['h1', 'h2', 'h4', 'h5', 'h6'];
    await stage.pass(15_000);
    for (const host of rest) expect((await demo.run(host, 'weave forget 127.77.0.13')).code).toBe(0);
    await stage.pass(5000);
    for (const host of rest) {
      expect(await lists(host)).toEqual(six.filter((address) => address !== '127.77.0.13'));
      const { stdout } = await demo.run(host, 'weave status connections');
      expect(stdout).not.toContain('127.77.0.13');
      expect((await demo.run(host, 'weave status ipam')).stdout).not.toMatch(/h3|unreachable/);
    }
    expect(rest.reduce((sum, host) => sum + own(host), 0)).toBe(2 ** 20);
  } finally {
    demo.close();
  }
});
