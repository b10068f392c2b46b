import type { Command, Outcome } from '../../source/commands/command.ts';
import type { ChangingShell } from '../../source/ports.ts';

/** The far end of a channel that a fake host was asked to open. */
export type FakeFarEnd = {
  readonly say: (line: string) => void;
  /** Ends the channel; the first time counts. */
  readonly finish: (outcome: Outcome) => void;
};

/** What a fake host does with what it is sent on a channel. `write` false: it takes no more. */
export type FakeProgram = { readonly write: (text: string) => boolean; readonly end: () => void };

/** What may be changed on a fake host, by the command's name. Whatever is not named here fails the test. */
export type FakeChanges = {
  readonly commands?: Readonly<
    Record<
      string,
      (command: Command<'changes'>, stdin: string, maxBytes: number) => Outcome | Promise<Outcome>
    >
  >;
  readonly channels?: Readonly<Record<string, (command: Command<'changes'>, far: FakeFarEnd) => FakeProgram>>;
};

/** A changing shell without SSH, and the names of the commands that it was given, in order. */
export const fakeChange = (
  host: FakeChanges,
): { readonly shell: ChangingShell; readonly asked: readonly string[] } => {
  const asked: string[] = [];
  const known = <T>(found: T | undefined, command: Command): T => {
    asked.push(command.name);
    if (found === undefined) throw new Error(`unexpected command ${command.name}: ${command.script}`);
    return found;
  };
  return {
    asked,
    shell: {
      change: async (command, { stdin = '', maxBytes = 1024 * 1024 } = {}) =>
        known(host.commands?.[command.name], command)(command, stdin, maxBytes),
      open: (command, onLine) => {
        const begin = known(host.channels?.[command.name], command);
        let finish = (_: Outcome) => {};
        let open = true;
        const ended = new Promise<Outcome>((resolve) => {
          finish = (outcome) => {
            open = false;
            resolve(outcome);
          };
        });
        const program = begin(command, { say: onLine, finish: (outcome) => finish(outcome) });
        return {
          write: (text) => open && program.write(text),
          end: () => {
            if (open) program.end();
            open = false;
          },
          ended,
        };
      },
    },
  };
};
