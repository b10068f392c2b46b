/**
 * Copies by OSC 52, which reaches the clipboard of the machine the person sits at, through ssh and tmux (there with
 * `set-clipboard on`). A terminal does not say whether it took it, so neither do we claim it.
 */
export const copyByTerminal =
  (stdout: { write: (text: string) => unknown }) =>
  (text: string): string => {
    stdout.write(`\u001b]52;c;${Buffer.from(text, 'utf8').toString('base64')}\u0007`);
    return 'sent to the terminal’s clipboard (OSC 52); if nothing arrives, the terminal does not take it';
  };
