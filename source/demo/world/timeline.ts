import type { Millis } from '../../cluster/trouble.ts';

type Appointment = { readonly at: Millis; readonly order: number; run: (() => void) | null };

const before = (a: Appointment, b: Appointment) => a.at < b.at || (a.at === b.at && a.order < b.order);

/** What is to happen when: a binary heap of appointments, run in order of time and then of entry. */
export class Timeline {
  now: Millis = 0;
  #order = 0;
  readonly #heap: Appointment[] = [];

  /** Runs `run` `delay` ms from now; the returned function cancels it. */
  after(delay: Millis, run: () => void): () => void {
    const appointment: Appointment = { at: this.now + Math.max(0, delay), order: this.#order++, run };
    this.#push(appointment);
    return () => {
      appointment.run = null;
    };
  }

  /** When the next thing is to happen, or null. */
  nextAt(): Millis | null {
    while (this.#heap[0]?.run === null) this.#pop();
    return this.#heap[0]?.at ?? null;
  }

  /** Lets everything happen that is due until then, and moves the time there. Never goes back. */
  advance(to: Millis): void {
    for (let at = this.nextAt(); at !== null && at <= to; at = this.nextAt()) {
      const due = this.#pop();
      this.now = Math.max(this.now, at);
      due?.run?.();
    }
    this.now = Math.max(this.now, to);
  }

  #push(item: Appointment): void {
    const heap = this.#heap;
    let index = heap.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (before(heap[parent] as Appointment, item)) break;
      heap[index] = heap[parent] as Appointment;
      index = parent;
    }
    heap[index] = item;
  }

  #pop(): Appointment | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return top;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const child =
        right < heap.length && before(heap[right] as Appointment, heap[left] as Appointment) ? right : left;
      if (before(last, heap[child] as Appointment)) break;
      heap[index] = heap[child] as Appointment;
      index = child;
    }
    heap[index] = last;
    return top;
  }
}
