import { LEASE_WORD, LOOK_WORD, RECORD_WORD } from '../../source/commands/lock/files.ts';
import type { Expected } from '../../source/commands/lock/swap.ts';

/** A lease of one channel on a peer in memory. */
export type HeldLease = { readonly token: string; readonly channel: object };

/**
 * The lock files of one peer in memory. It says what the remote scripts say, word for word, so that what reads real
 * peers reads this one; `test/system/lock-scripts.test.ts` runs the scripts themselves.
 */
export class LockPeer {
  lease: HeldLease | null = null;
  /** First and last line of the lease file, and when it was last written; null where there is none. */
  file: { token: string; beat: string; at: number } | null = null;
  record: string | null = null;
  running: string | null = null;
  log: string[] = [];

  look(now: number, ours = ''): string {
    const lines = [`${LOOK_WORD} 1`, `clock T+${Math.floor(now / 1000)}`];
    const age = (at: number) => Math.floor(now / 1000) - Math.floor(at / 1000);
    if (this.file === null) lines.push('lease free');
    else if (this.lease === null) lines.push('lease free', `beat-age ${age(this.file.at)}`);
    else {
      const { token, beat, at } = this.file;
      lines.push('lease busy', `token ${token}`, `beat ${beat}`, `beat-age ${age(at)}`);
    }
    if (this.running !== null) lines.push(`running ${this.running}`);
    if (this.record !== null)
      lines.push(
        ...(this.lease === null || this.file?.token === ours ? [`sum ${sumOf(this.record)}`] : []),
        'record-age 0',
        'record follows',
        this.record,
        '',
      );
    lines.push(`${LOOK_WORD} end`, '');
    return lines.join('\n');
  }

  /** The lease's first line; the lease is this channel's if it says `held`. */
  open(token: string, channel: object, now: number): string {
    if (this.lease !== null) return `${LEASE_WORD} busy ${this.file?.token ?? ''}`;
    this.lease = { token, channel };
    this.file = { token, beat: token, at: now };
    return `${LEASE_WORD} held`;
  }

  /** The answer to a heartbeat; null where the channel has no lease any more. */
  beat(channel: object, beat: number, now: number): string | null {
    if (this.lease?.channel !== channel || this.file === null) return null;
    this.file = { ...this.file, beat: String(beat), at: now };
    return `${LEASE_WORD} beat ${beat}`;
  }

  /** The channel's reader ended, for whatever reason. */
  free(channel: object): void {
    if (this.lease?.channel === channel) this.lease = null;
  }

  reboot(): void {
    this.lease = null;
    this.file = null;
    this.running = null;
  }

  private fits(expected: Expected): boolean {
    if (this.record === null) return expected.kind === 'absent';
    if (expected.kind === 'own') return this.record.startsWith(expected.prefix);
    return expected.kind === 'exact' && sumOf(this.record) === expected.sum;
  }

  isMine(token: string): boolean {
    return this.lease !== null && this.file?.token === token;
  }

  swap(swap: { token: string; expected: Expected; record: string; mind: boolean; note: string }): string {
    if (!this.fits(swap.expected)) return `${RECORD_WORD} differs\n`;
    if (!this.isMine(swap.token)) return `${RECORD_WORD} no-lease\n`;
    if (swap.mind && this.running !== null) return `${RECORD_WORD} running\n`;
    this.record = swap.record;
    if (swap.note !== '') this.log.push(swap.note);
    return `${RECORD_WORD} swapped\n`;
  }

  remove(expected: Expected, note: string): string {
    if (!this.fits(expected)) return `${RECORD_WORD} differs\n`;
    this.record = null;
    if (note !== '') this.log.push(note);
    return `${RECORD_WORD} swapped\n`;
  }

  /** Whether a fenced command of this claim may run. */
  passes(token: string, prefix: string): 'lease' | 'record' | null {
    if (!this.isMine(token)) return 'lease';
    return this.record?.startsWith(prefix) ? null : 'record';
  }
}

/** Stands for cksum: told apart by content. */
const sumOf = (text: string): string => {
  let sum = 7;
  for (let at = 0; at < text.length; at += 1) sum = (Math.imul(sum, 31) + text.charCodeAt(at)) >>> 0;
  return `${sum} ${text.length}`;
};
