/** What the surroundings say of the terminal. Decided here once, because libraries decide it differently. */
export type Terminal = {
  /** Both ends are a terminal that can move its cursor. */
  readonly interactive: boolean;
  readonly color: boolean;
  readonly ascii: boolean;
};

type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: { readonly isTTY?: boolean };
};

/**
 * `ascii` where the locale says that the terminal has no UTF-8; a machine that sets no locale at all (a container)
 * mostly has a terminal that can.
 */
export const terminalOf = (
  { env, stdin, stdout }: Surroundings,
  options: { readonly color: boolean; readonly ascii?: boolean },
): Terminal => {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return {
    interactive: stdin.isTTY === true && stdout.isTTY === true && env.TERM !== 'dumb',
    color: options.color && !env.NO_COLOR && env.TERM !== 'dumb',
    ascii: options.ascii === true || (locale !== '' && !/utf-?8/i.test(locale)),
  };
};
