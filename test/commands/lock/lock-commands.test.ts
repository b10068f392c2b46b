import { describe, expect, it } from 'vitest';
import { type Command, commandLine } from '../../../source/commands/command.ts';
import { fence, heldBack } from '../../../source/commands/lock/fence.ts';
import { leaseCommand } from '../../../source/commands/lock/lease.ts';
import { lookAtLock } from '../../../source/commands/lock/look.ts';
import { removeRecord, swapRecord } from '../../../source/commands/lock/swap.ts';

/** What a folder, a name or a record could hold to break out of its word. */
const hostile = `it's "$(reboot)" \`x\` \\ ; & \n| *`;
const quoted = `'it'\\''s "$(reboot)" \`x\` \\ ; & \n| *'`;
const folders = { runtimeDir: '/run/lock', stateDir: hostile };

/** Everything that is sent but the script, which stands in a file of its own beside this test. */
const aroundScript = (command: Command, sudo = false): string => {
  const line = commandLine(command, { sudo });
  const script = `'${command.script.replaceAll("'", `'\\''`)}'`;
  expect(line).toContain(script);
  return line.replace(script, 'SCRIPT');
};

const inner: Command<'changes'> = {
  name: 'weave-reset',
  script: `"$1" reset; echo it's done`,
  args: ['/usr/local/bin/weave', hostile],
  effect: 'changes',
  timeout: 60_000,
  privileged: true,
};

describe('the remote commands of the lock', () => {
  it('leases with its times in whole seconds', async () => {
    const command = leaseCommand(hostile, { token: 'ab12cd:3:s1', quiet: 9_400 });
    await expect(command.script).toMatchFileSnapshot('lease.sh');
    expect(aroundScript(command)).toBe(`sh -c SCRIPT lock-lease ${quoted} ab12cd:3:s1 10`);
    expect(command).toMatchObject({ effect: 'changes', privileged: true });
  });

  it('looks without changing anything', async () => {
    const command = lookAtLock(folders, 'ab12cd:3:s1');
    await expect(command.script).toMatchFileSnapshot('look.sh');
    expect(aroundScript(command)).toBe(`sh -c SCRIPT lock-look /run/lock ${quoted} ab12cd:3:s1`);
    expect(aroundScript(lookAtLock(folders))).toBe(`sh -c SCRIPT lock-look /run/lock ${quoted} ''`);
    expect(command).toMatchObject({ effect: 'reads', privileged: true });
  });

  it('swaps a record against nothing, its own, or exact bytes', async () => {
    const swap = { token: 'T', record: hostile, evenIfRunning: false, note: hostile };
    const absent = swapRecord(folders, { ...swap, expected: { kind: 'absent' } });
    await expect(absent.script).toMatchFileSnapshot('swap.sh');
    const around = (kind: string) =>
      `sh -c SCRIPT lock-record /run/lock ${quoted} T ${kind} ${quoted} ${quoted}`;
    expect(aroundScript(absent)).toBe(around("absent '' mind"));
    const own = swapRecord(folders, { ...swap, expected: { kind: 'own', prefix: '{"id":"x",' } });
    expect(aroundScript(own)).toBe(around(`own '{"id":"x",' ignore`));
    const exact = swapRecord(folders, { ...swap, expected: { kind: 'exact', sum: '12 34' } });
    expect(aroundScript(exact)).toBe(around("exact '12 34' mind"));
    const forced = swapRecord(folders, { ...swap, expected: { kind: 'absent' }, evenIfRunning: true });
    expect(aroundScript(forced)).toBe(around("absent '' ignore"));
  });

  it('removes a record that is the expected one', async () => {
    const command = removeRecord(folders, {
      expected: { kind: 'own', prefix: '{"id":"x",' },
      note: 'released',
    });
    await expect(command.script).toMatchFileSnapshot('remove.sh');
    expect(aroundScript(command, true)).toBe(
      `sudo -n sh -c SCRIPT lock-release ${quoted} own '{"id":"x",' released`,
    );
  });

  it('fences a command without touching it', async () => {
    const command = fence(inner, folders, { token: 'T', prefix: '{"id":"x",' });
    await expect(command.script).toMatchFileSnapshot('fence.sh');
    expect(aroundScript(command, true)).toBe(
      `sudo -n sh -c SCRIPT fenced-weave-reset /run/lock ${quoted} T '{"id":"x",' weave-reset ` +
        `'"$1" reset; echo it'\\''s done' /usr/local/bin/weave ${quoted}`,
    );
    expect(command).toMatchObject({ effect: 'changes', privileged: true, timeout: 65_000 });
  });

  it('tells a command that was held back from one that ended with 73 by itself', () => {
    const exited = (code: number, stdout: string) =>
      heldBack({ kind: 'exited', code, stdout, stderr: '', took: 1 });
    expect(exited(73, 'weave-console-fence lease\n')).toBe('lease');
    expect(exited(73, 'weave-console-fence record\n')).toBe('record');
    expect(exited(73, '')).toBeNull();
    expect(exited(73, 'Welcome to h1\nweave-console-fence record\n')).toBe('record');
    expect(exited(73, 'weave-console-fence lease\nand more\n')).toBeNull();
    expect(exited(0, 'weave-console-fence lease\n')).toBeNull();
    expect(heldBack({ kind: 'killed', signal: 'KILL', stdout: '', stderr: '', took: 1 })).toBeNull();
  });
});
