import { describe, expect, it } from 'vitest';
import type { TroubleKind } from '../../source/cluster/trouble.ts';
import type { Command } from '../../source/commands/command.ts';
import type { RemoteShell } from '../../source/ports.ts';

/** One host for one test. */
export type ShellWorld = {
  readonly shell: RemoteShell;
  /** Resolves when the command that got this mark as its first argument has begun to run. */
  begun(mark: string): Promise<void>;
  /** A word no other test uses, fit to be a mark. */
  readonly mark: string;
  /** Breaks the connection without a word. */
  cut(): void;
  /** The host goes away; nothing listens there any more. */
  goAway(): Promise<void>;
  /** What is said of a host that went away; `refused` where it is not behind another one. */
  readonly gone?: TroubleKind;
  end(): Promise<void>;
};

export const contractCommand = (
  name: string,
  script: string,
  given: { readonly args?: readonly string[]; readonly timeout?: number } = {},
): Command<'reads'> => ({
  name,
  script,
  args: given.args ?? [],
  effect: 'reads',
  timeout: given.timeout ?? 30_000,
  privileged: false,
});

const NASTY = [
  '',
  ' ',
  "it's",
  '$(id)',
  '`id`',
  '"x"',
  'a\\b',
  '*',
  'line\nbreak',
  'täß',
  '-n',
  '!!',
  '~',
  '#x',
];

/** The commands of this contract; a fake host must answer these as a real one does. */
export const CONTRACT = {
  says: contractCommand('says', 'printf out; printf err >&2; exit 7'),
  arguments: contractCommand('arguments', 'printf "[%s]" "$@"', { args: NASTY }),
  killed: contractCommand('killed', 'printf before; kill -KILL $$'),
  big: contractCommand('big', 'head -c 3000000 /dev/zero | tr "\\0" x; printf y >&2'),
  reads: contractCommand('reads', 'cat; printf end'),
  endless: (mark: string) => contractCommand('endless', 'printf begun; : >"$1"; sleep 30', { args: [mark] }),
  late: contractCommand('late', 'printf begun; sleep 30', { timeout: 4_000 }),
} as const;

/** What every RemoteShell keeps to. */
export const remoteShellContract = (
  name: string,
  skip: string | null,
  makeWorld: () => Promise<ShellWorld>,
): void => {
  const inWorld = (run: (world: ShellWorld) => Promise<void>) => async () => {
    const world = await makeWorld();
    try {
      await run(world);
    } finally {
      await world.end();
    }
  };

  describe.skipIf(skip !== null)(`a remote shell: ${name}${skip ? ` (skipped: ${skip})` : ''}`, () => {
    it(
      'gives both streams and the exit code',
      inWorld(async ({ shell }) => {
        expect(await shell.read(CONTRACT.says)).toEqual({
          kind: 'exited',
          code: 7,
          stdout: 'out',
          stderr: 'err',
          took: expect.any(Number),
        });
      }),
    );

    it(
      'hands over arguments byte for byte',
      inWorld(async ({ shell }) => {
        const outcome = await shell.read(CONTRACT.arguments);
        expect(outcome).toMatchObject({
          kind: 'exited',
          code: 0,
          stdout: NASTY.map((arg) => `[${arg}]`).join(''),
        });
      }),
    );

    it(
      'tells a signal from an exit code',
      inWorld(async ({ shell }) => {
        const outcome = await shell.read(CONTRACT.killed);
        expect(outcome).toMatchObject({ kind: 'killed', signal: 'SIGKILL', stdout: 'before' });
      }),
    );

    it(
      'cuts output at the limit and still waits for the end',
      inWorld(async ({ shell }) => {
        const outcome = await shell.read(CONTRACT.big, { maxBytes: 1000 });
        expect(outcome).toMatchObject({ kind: 'exited', code: 0, stdout: 'x'.repeat(1000), stderr: '' });
      }),
    );

    it(
      'takes three megabytes whole',
      inWorld(async ({ shell }) => {
        const outcome = await shell.read(CONTRACT.big, { maxBytes: 4_000_000 });
        expect(outcome.kind === 'exited' && outcome.stdout.length).toBe(3_000_000);
      }),
    );

    it(
      'feeds standard input and ends it, given or not',
      inWorld(async ({ shell }) => {
        expect(await shell.read(CONTRACT.reads, { stdin: 'in\0put' })).toMatchObject({
          stdout: 'in\0putend',
        });
        expect(await shell.read(CONTRACT.reads)).toMatchObject({ kind: 'exited', stdout: 'end' });
      }),
    );

    it(
      'calls a command that does not end in time lost, with what it had said',
      inWorld(async ({ shell }) => {
        const outcome = await shell.read(CONTRACT.late);
        expect(outcome).toMatchObject({
          kind: 'lost',
          stdout: 'begun',
          why: { kind: 'timeout', layer: 'ssh' },
        });
      }),
    );

    it(
      'calls a command lost when the link breaks under it',
      inWorld(async ({ shell, begun, cut, mark }) => {
        const outcome = shell.read(CONTRACT.endless(mark));
        await begun(mark);
        cut();
        expect(await outcome).toMatchObject({ kind: 'lost', why: { kind: 'closed', layer: 'ssh' } });
      }),
    );

    it(
      'calls a command unsent when the host is gone before',
      inWorld(async ({ shell, goAway, gone = 'refused' }) => {
        expect(await shell.read(CONTRACT.says)).toMatchObject({ kind: 'exited' });
        await goAway();
        // A connection that the dying host had still taken in may be `closed` first.
        const reason = async () => {
          const outcome = await shell.read(CONTRACT.says);
          return outcome.kind === 'unsent' ? `${outcome.why.layer} ${outcome.why.kind}` : outcome.kind;
        };
        await expect.poll(reason, { timeout: 20_000 }).toBe(`ssh ${gone}`);
      }),
    );
  });
};
