import { describe, expect, it } from 'vitest';
import type { Command } from '../../source/commands/command.ts';
import type { ChangingShell, LiveChannel, RemoteShell } from '../../source/ports.ts';
import { contractCommand, type ShellWorld } from './remote-shell.ts';

/** One host for one test, which may be changed. */
export type ChangingWorld = Omit<ShellWorld, 'shell'> & {
  readonly shell: ChangingShell;
  /** Lets the command go on that waits for this mark. */
  goOn(mark: string): void;
};

const changes = (...given: Parameters<typeof contractCommand>): Command<'changes'> => ({
  ...contractCommand(...given),
  effect: 'changes',
});

/** The commands of this contract; a fake host must answer these as a real one does. */
export const CHANGES = {
  ok: changes('ok', 'printf ok'),
  ignores: changes('ignores', 'exit 3'),
  echoes: changes('echoes', 'cat'),
  /** Waits for its go long after its time (or its folder's end), still has a reader then, and says so with its mark. */
  patient: (mark: string) =>
    changes(
      'patient',
      `printf begun; until [ -e "$1.go" ]; do [ -d "\${1%/*}" ] || exit; sleep 0.1; done; printf more && : >"$1"`,
      {
        args: [mark],
        timeout: 4_000,
      },
    ),
  answers: changes('answers', 'while IFS= read -r line; do echo "got $line"; done; printf tail'),
  /** The same; for a channel, its time limit says nothing. */
  unhurried: changes('answers', 'while IFS= read -r line; do echo "got $line"; done; printf tail', {
    timeout: 1,
  }),
  dies: changes('dies', 'echo first; echo why >&2; kill -KILL $$'),
  long: changes('long', 'head -c 200000 /dev/zero | tr "\\0" x; echo; echo next'),
  letters: changes('letters', 'printf "t\\303"; sleep 0.2; printf "\\244\\n\\n\\tx\\r\\n"'),
  deaf: changes('deaf', 'echo here; exec sleep 30'),
} as const;

/** A changing shell seen as one that reads: what is promised of both is asked of both. */
export const asReader = (shell: ChangingShell): RemoteShell => ({
  read: (command, options) => shell.change({ ...command, effect: 'changes' }, options),
});

/** All sorts of characters, in UTF-8 of one to four bytes, with NUL and line ends. */
const megabyte = (): string => {
  let text = '';
  for (let code = 0; text.length < 600_000; code = (code + 1) % 0x20000)
    if (code < 0xd800 || code > 0xdfff) text += String.fromCodePoint(code);
  return text;
};

/** What every ChangingShell keeps to, besides what a RemoteShell does. */
export const changingShellContract = (
  name: string,
  skip: string | null,
  makeWorld: () => Promise<ChangingWorld>,
): void => {
  const inWorld = (run: (world: ChangingWorld) => Promise<void>) => async () => {
    const world = await makeWorld();
    try {
      await run(world);
    } finally {
      await world.end();
    }
  };

  const live = (shell: ChangingShell, command: Command<'changes'>) => {
    const lines: string[] = [];
    const channel: LiveChannel = shell.open(command, (line) => lines.push(line));
    const said = (count: number) => expect.poll(() => lines.length, { timeout: 20_000 }).toBe(count);
    return { lines, channel, said };
  };

  describe.skipIf(skip !== null)(`a changing shell: ${name}${skip ? ` (skipped: ${skip})` : ''}`, () => {
    it(
      'leaves a command alone that takes too long',
      inWorld(async ({ shell, mark, goOn, begun }) => {
        const outcome = await shell.change(CHANGES.patient(mark));
        expect(outcome).toMatchObject({
          kind: 'lost',
          stdout: 'begun',
          why: { kind: 'timeout', layer: 'ssh' },
        });
        goOn(mark);
        await begun(mark);
      }),
    );

    it(
      'hands over standard input whole',
      inWorld(async ({ shell }) => {
        const input = megabyte();
        expect(Buffer.byteLength(input)).toBeGreaterThan(1024 * 1024);
        const outcome = await shell.change(CHANGES.echoes, { stdin: input, maxBytes: 8 * 1024 * 1024 });
        expect(outcome.kind === 'exited' && outcome.stdout === input).toBe(true);
      }),
    );

    it(
      'ends with a command that reads nothing of its input',
      inWorld(async ({ shell }) => {
        const outcome = await shell.change(CHANGES.ignores, { stdin: 'x'.repeat(5_000_000) });
        expect(outcome).toMatchObject({ kind: 'exited', code: 3 });
        expect(await shell.change(CHANGES.ok)).toMatchObject({ kind: 'exited', stdout: 'ok' });
      }),
    );

    it(
      'carries lines both ways, as long as the channel is open',
      inWorld(async ({ shell }) => {
        const { lines, channel, said } = live(shell, CHANGES.unhurried);
        expect(channel.write('early\n')).toBe(true);
        await said(1);
        expect(channel.write('one\ntw')).toBe(true);
        await said(2);
        expect(channel.write('o\n')).toBe(true);
        await said(3);
        channel.end();
        expect(channel.write('more\n')).toBe(false);
        expect(await channel.ended).toMatchObject({ kind: 'exited', code: 0, stderr: '' });
        expect(lines).toEqual(['got early', 'got one', 'got two', 'tail']);
        channel.end();
      }),
    );

    it(
      'ends the input of a channel that was not open yet',
      inWorld(async ({ shell }) => {
        const { lines, channel } = live(shell, CHANGES.answers);
        expect(channel.write('early\n')).toBe(true);
        channel.end();
        expect(await channel.ended).toMatchObject({ kind: 'exited', code: 0 });
        expect(lines).toEqual(['got early', 'tail']);
      }),
    );

    it(
      'tells how a channel ended that was killed, and takes nothing more',
      inWorld(async ({ shell }) => {
        const { lines, channel } = live(shell, CHANGES.dies);
        expect(await channel.ended).toMatchObject({ kind: 'killed', signal: 'SIGKILL', stderr: 'why\n' });
        expect(lines).toEqual(['first']);
        expect(channel.write('x\n')).toBe(false);
        channel.end();
      }),
    );

    it(
      'ends a channel as lost when the link breaks',
      inWorld(async ({ shell, cut }) => {
        const { channel, said } = live(shell, CHANGES.answers);
        channel.write('one\n');
        await said(1);
        cut();
        expect(await channel.ended).toMatchObject({ kind: 'lost', why: { kind: 'closed', layer: 'ssh' } });
        expect(channel.write('x\n')).toBe(false);
      }),
    );

    it(
      'ends a channel as unsent when the host is gone before',
      inWorld(async ({ shell, goAway, gone = 'refused' }) => {
        await goAway();
        const { lines, channel } = live(shell, CHANGES.answers);
        expect(await channel.ended).toMatchObject({ kind: 'unsent', why: { kind: gone, layer: 'ssh' } });
        expect(channel.write('x\n')).toBe(false);
        expect(lines).toEqual([]);
      }),
    );

    it(
      'does not let input pile up that nobody takes',
      inWorld(async ({ shell, cut }) => {
        const { channel, said } = live(shell, CHANGES.deaf);
        await said(1);
        const piece = `${'x'.repeat(1023)}\n`;
        let taken = 0;
        const took = () => {
          const before = taken;
          while (taken < 65_536 && channel.write(piece)) taken += 1;
          return taken - before;
        };
        await expect.poll(took, { timeout: 20_000 }).toBe(0);
        // Windows and pipes of the way take some megabytes.
        expect(taken).toBeGreaterThan(0);
        expect(taken).toBeLessThan(65_536);
        cut();
        expect(await channel.ended).toMatchObject({ kind: 'lost' });
      }),
    );

    it(
      'cuts a line that is too long, and gives the next one whole',
      inWorld(async ({ shell }) => {
        const { lines, channel } = live(shell, CHANGES.long);
        channel.end();
        expect(await channel.ended).toMatchObject({ kind: 'exited', code: 0 });
        expect(lines).toEqual(['x'.repeat(65_536), 'next']);
      }),
    );

    it(
      'puts characters together that came in two parts, and gives lines as they are',
      inWorld(async ({ shell }) => {
        const { lines, channel } = live(shell, CHANGES.letters);
        channel.end();
        await channel.ended;
        expect(lines).toEqual(['tä', '', '\tx\r']);
      }),
    );
  });
};
