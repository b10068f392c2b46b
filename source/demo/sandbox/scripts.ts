import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** `'` safe in single quotes. */
export const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * A program that asks the world. It writes its arguments to a file, opens a pipe for the answer, says so on the one pipe
 * that the demo reads, and runs the answer, which is a few lines of shell: output and exit code. Two forks in all.
 * `$0` tells on which host it runs: each host has its own path to the one folder of programs.
 */
export const standInScript = (name: string, extra = ''): string => `#!/bin/sh
# ${name} on a simulated host.
${extra}h=\${0%/bin/*}
q=$h/.world/$$
mkfifo "$q.wake" || exit 127
exec 3<>"$q.wake"
printf '%s\\0' ${name} "$@" >"$q.ask"
printf '%s %s\\n' "\${h##*/}" "$$" >"$h/.world/requests"
read -r _ <&3
exec 3>&-
. "$q.answer"
`;

/** The line by which a console reads the version without starting a container. */
export const weaveExtra = `SCRIPT_VERSION="2.8.1"
`;

/** `sudo -n`, `sudo -u root`, `sudo --`: runs the rest. Who may run the demo may do all on its hosts. */
const sudoScript = `#!/bin/sh
while [ $# -gt 0 ]; do
  case $1 in
    -u|-g|-p) shift 2 ;;
    --) shift; break ;;
    -v|-l|-k|-K) exit 0 ;;
    -*) shift ;;
    *=*) export "$1"; shift ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || exit 0
exec "$@"
`;

const real = (name: string, path: string): string | null => {
  for (const folder of path.split(delimiter)) {
    try {
      const file = join(folder, name);
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not here.
    }
  }
  return null;
};

/** The clock of a host that goes wrong, else the real one. */
const dateScript = (date: string): string => `#!/bin/sh
h=\${0%/bin/*}
[ -r "$h/run/clock-offset" ] || exec ${date} "$@"
read -r o <"$h/run/clock-offset"
exec ${date} -d "@$(( $(${date} +%s) + o ))" "$@"
`;

const unameScript = (uname: string): string => `#!/bin/sh
h=\${0%/bin/*}
[ "$*" = -n ] && { printf '%s\\n' "\${h##*/}"; exit 0; }
exec ${uname} "$@"
`;

/** flock of util-linux for a file descriptor: \`-n\`, \`-x\`, \`-s\`, \`-u\`, \`-w SECONDS\`, \`-E CODE\`. */
const flockScript = `#!/usr/bin/env perl
use Fcntl ':flock';
my ($mode, $wait, $fail) = (LOCK_EX, -1, 1);
while (@ARGV and $ARGV[0] =~ /^-/) {
  my $o = shift;
  if ($o eq '-n') { $wait = 0 } elsif ($o eq '-s') { $mode = LOCK_SH } elsif ($o eq '-u') { $mode = LOCK_UN }
  elsif ($o eq '-w') { $wait = shift } elsif ($o eq '-E') { $fail = shift }
}
open(my $f, '>&=' . $ARGV[0]) or exit 66;
for (my $t = 0; ; $t += 0.1) {
  exit 0 if flock($f, $mode | LOCK_NB);
  exit $fail if $wait >= 0 and $t >= $wait;
  select(undef, undef, undef, 0.1);
}
`;

/** Programs that need no world: name -> script. */
export const plainScripts = (path: string): Map<string, string> => {
  const scripts = new Map([['sudo', sudoScript]]);
  const date = real('date', path);
  const uname = real('uname', path);
  if (date !== null) scripts.set('date', dateScript(date));
  if (uname !== null) scripts.set('uname', unameScript(uname));
  if (real('flock', path) === null) scripts.set('flock', flockScript);
  return scripts;
};
