import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Command, commandLine, needsSudo } from '../../source/commands/command.ts';
import { readLog } from '../../source/commands/log.ts';
import { probeCommand } from '../../source/commands/probe.ts';
import { PROBE_SCRIPT } from '../../source/commands/probe-script.ts';
import { curlReport, projectionPath, weaveReport } from '../../source/commands/report.ts';
import { inventoryPeer } from '../support/inventory-peer.ts';

const command = (given: Partial<Command>): Command => ({
  name: 'test',
  script: 'exit 0',
  args: [],
  effect: 'reads',
  timeout: 1000,
  privileged: false,
  ...given,
});

describe('the line that is sent and shown', () => {
  it('names the script after the command, so that a process list says what it is', () => {
    expect(commandLine(command({ script: 'cat "$1"', args: ['/a b'] }), { sudo: true })).toBe(
      `sh -c 'cat "$1"' test '/a b'`,
    );
  });

  it('goes through sudo only where it is needed and wanted', () => {
    const privileged = command({ privileged: true });
    expect(commandLine(privileged, { sudo: true })).toBe("sudo -n sh -c 'exit 0' test");
    expect(commandLine(privileged, { sudo: false })).toBe("sh -c 'exit 0' test");
    expect(needsSudo({ user: 'ops', sudo: 'passwordless' })).toBe(true);
    expect(needsSudo({ user: 'ops', sudo: 'never' })).toBe(false);
    expect(needsSudo({ user: 'root', sudo: 'passwordless' })).toBe(false);
  });

  it('brings any script and arguments through a real shell', () => {
    const text = fc.string({ unit: 'binary' }).filter((made) => !/[\0\p{Cs}]/u.test(made));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), (args) => {
        const line = commandLine(command({ script: `printf '%s\\0' "$@"`, args: ['mark', ...args] }), {
          sudo: false,
        });
        expect(execFileSync('sh', ['-c', line], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual([
          'mark',
          ...args,
        ]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the commands', () => {
  const peer = inventoryPeer({ unit: 'weave@blue.service' });

  it('reads the log', () => {
    expect(commandLine(readLog(peer, 50), { sudo: true })).toBe(
      `sudo -n sh -c 'exec journalctl -u "$1" -n "$2" --no-pager -o short-iso' log weave@blue.service 50`,
    );
  });

  it('asks for the report by curl, without proxy or ~/.curlrc', () => {
    const curl = curlReport(peer.statusAddress, { full: true, timeout: 5000 });
    expect(commandLine(curl, { sudo: true })).toBe(
      `sh -c 'exec curl -q -sS -g --noproxy '\\''*'\\'' --max-time "$1" -H "$2" -w '\\''\\n%{http_code}\\n'\\'' "$3"' report-by-curl 5 'Accept: application/json' http://127.0.0.1:6782/report`,
    );
    const brief = curlReport({ host: '::1', port: 1 }, { full: false, timeout: 1500 });
    expect(brief.args).toEqual(['2', 'Accept:', `http://[::1]:1${projectionPath}`]);
  });

  it('asks for the report by the script, on the address that the config names', () => {
    expect(commandLine(weaveReport(peer), { sudo: false })).toBe(
      `sh -c 'WEAVE_HTTP_ADDR=$2; export WEAVE_HTTP_ADDR; exec "$1" report' weave-report /usr/local/bin/weave 127.0.0.1:6784`,
    );
  });

  it('probes with the paths that the config names', () => {
    expect(probeCommand(inventoryPeer({ sudo: 'passwordless', user: 'ops' }), 'c0ffee')).toEqual({
      name: 'probe',
      script: PROBE_SCRIPT,
      args: [
        'weave.service',
        '/etc/sysconfig/weave',
        '/usr/local/bin/weave',
        '/etc/machine-id',
        '/proc/sys/kernel/random/boot_id',
        'sudo',
        '/var/lib/weave-console',
        'c0ffee',
      ],
      effect: 'reads',
      timeout: 30_000,
      privileged: false,
    });
  });
});
