/** What a host's own words on stderr mean, where a script of ours did not even begin, and what helps. */
const MEANINGS: readonly (readonly [said: RegExp, means: string])[] = [
  [
    /Unmatched ['`"]|Badly placed \(\)'s/,
    "its login shell is a csh, which can't run these scripts: give the account sh, bash or another POSIX shell",
  ],
  [
    /you must have a tty/,
    'sudo there wants a terminal: put "Defaults:USER !requiretty" into sudoers for this account',
  ],
  [
    /a (?:terminal|password) is required/,
    'sudo there wants a password: the account needs NOPASSWD in sudoers',
  ],
  [/sudo: (?:command )?not found/, 'the host has no sudo: log in as root'],
];

/** The meaning of these words as half a sentence without a full stop; null where they are not known. */
export const meaningOf = (stderr: string): string | null =>
  MEANINGS.find(([said]) => said.test(stderr))?.[1] ?? null;
