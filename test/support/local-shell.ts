import { type ChildProcess, spawn } from 'node:child_process';
import type { Trouble } from '../../source/cluster/trouble.ts';
import { type Command, commandLine, inputOf, type Outcome } from '../../source/commands/command.ts';
import type { LiveChannel } from '../../source/ports.ts';
import type { LockPeerPorts } from '../../source/session/lock/lock-ports.ts';

/** A link to one "peer": a folder of this machine. Commands run by a real `sh`, each in a process group of its own. */
export class LocalLink {
  up = true;
  /** Called when a command was started, to break the link in the middle of it. */
  onStart: (child: ChildProcess) => void = () => {};
  readonly ports: LockPeerPorts;
  private readonly running = new Set<ChildProcess>();

  constructor(folder: string) {
    this.ports = {
      read: { read: (command, options) => this.run(command, options?.stdin) },
      change: {
        change: (command, options) => this.run(command, options?.stdin),
        open: (command, onLine) => this.open(command, onLine),
      },
      folders: { runtimeDir: `${folder}/run`, stateDir: `${folder}/state` },
    };
  }

  /** Kills all that this link runs, as a peer that dies would; a cut link refuses what comes after. */
  cut(): void {
    this.up = false;
    for (const child of this.running) this.kill(child);
  }

  mend(): void {
    this.up = true;
  }

  /** Sends a signal to all that runs through this link. */
  signal(name: NodeJS.Signals): void {
    for (const child of this.running) this.kill(child, name);
  }

  kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): void {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // It ended by itself.
    }
  }

  private start(command: Command): ChildProcess | null {
    if (!this.up) return null;
    const line = `exec ${commandLine(command, { sudo: false })}`;
    const child = spawn('sh', ['-c', line], { detached: true, stdio: 'pipe' });
    child.stdin?.on('error', () => {});
    this.running.add(child);
    this.onStart(child);
    return child;
  }

  private finished(child: ChildProcess, said: { out: string; err: string }): Promise<Outcome> {
    return new Promise((resolve) => {
      child.on('close', (code, signal) => {
        this.running.delete(child);
        const { out: stdout, err: stderr } = said;
        if (!this.up) resolve({ kind: 'lost', why: CLOSED, stdout });
        else if (signal !== null) resolve({ kind: 'killed', signal, stdout, stderr, took: 0 });
        else resolve({ kind: 'exited', code: code ?? 0, stdout, stderr, took: 0 });
      });
    });
  }

  private run(command: Command, stdin = ''): Promise<Outcome> {
    const child = this.start(command);
    if (child === null) return Promise.resolve({ kind: 'unsent', why: CLOSED });
    const said = { out: '', err: '' };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said.out += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said.err += text;
    });
    child.stdin?.end(inputOf(command, stdin));
    return this.finished(child, said);
  }

  private open(command: Command, onLine: (line: string) => void): LiveChannel {
    const child = this.start(command);
    if (child === null)
      return { write: () => false, end: () => {}, ended: Promise.resolve({ kind: 'unsent', why: CLOSED }) };
    const said = { out: '', err: '' };
    let rest = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said.err += text;
    });
    return {
      write: (text) => child.stdin?.write(text) ?? false,
      end: () => void child.stdin?.end(),
      ended: this.finished(child, said),
    };
  }
}

const CLOSED: Trouble = { kind: 'closed', text: 'the link was cut', layer: 'ssh' };
