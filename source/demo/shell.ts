import { type ChildProcess, spawn } from 'node:child_process';
import type { ServerChannel } from 'ssh2';
import type { Running } from './ssh-server.ts';

/** Runs command lines as sshd does for one host: `/bin/sh -c`, no pty, a group of its own. */
export type Shell = {
  exec(command: string, channel: ServerChannel): Running;
  /** Kills what still runs, as the end of the host does. */
  killAll(): void;
};

export const shell = (folder: string, environment: Readonly<Record<string, string>>): Shell => {
  const children = new Set<ChildProcess>();
  /** Commands that ended while something that they began goes on: the groups it is in. */
  const left = new Set<number>();

  const lives = (group: number): boolean => {
    try {
      return process.kill(-group, 0);
    } catch {
      return false;
    }
  };

  const kill = (child: ChildProcess, signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // It ended in the meantime.
    }
  };

  return {
    exec: (command, channel) => {
      const child = spawn('/bin/sh', ['-c', command], {
        cwd: folder,
        env: { ...environment },
        detached: true,
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      children.add(child);
      child.stdin.on('error', () => {});
      child.stdout.pipe(channel, { end: false });
      child.stderr.pipe(channel.stderr, { end: false });
      channel.pipe(child.stdin);
      child.once('error', () => {
        channel.exit(127);
        channel.end();
      });
      // The exit status goes out at once; the channel stays open as long as somebody holds its output, as with sshd.
      child.once('exit', (code, signal) => {
        if (signal !== null) channel.exit(signal.replace(/^SIG/, ''), false, '');
        else channel.exit(code ?? 255);
      });
      child.once('close', () => {
        children.delete(child);
        for (const group of left) if (!lives(group)) left.delete(group);
        if (child.pid !== undefined && lives(child.pid)) left.add(child.pid);
        channel.end();
      });
      return {
        signal: (name) => kill(child, `SIG${name}` as NodeJS.Signals),
        // Without a pty nobody kills the command: it reads the end of its input, and its next output fails.
        abandon: () => {
          child.stdin.end();
          child.stdout.destroy();
          child.stderr.destroy();
        },
      };
    },
    killAll: () => {
      for (const child of children) kill(child, 'SIGKILL');
      children.clear();
      for (const group of left) if (lives(group)) process.kill(-group, 'SIGKILL');
      left.clear();
    },
  };
};
