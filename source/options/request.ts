import type { ChangeKind } from '../cluster/change-kinds.ts';
import type { Shell } from '../program/completion.ts';
import type { CommandShape } from './shape.ts';

/** Options that every command which looks at a cluster takes. */
export type CommonOptions = {
  readonly cluster?: string;
  readonly config?: string;
  readonly peers?: readonly string[];
  readonly user?: string;
  readonly port?: number;
  readonly jump?: string;
  readonly identity?: readonly string[];
  readonly readOnly?: boolean;
  /** False with `--no-color`; NO_COLOR is the caller's to read. */
  readonly color: boolean;
  readonly ascii?: boolean;
  /** ms */
  readonly interval?: number;
};

/** Options of the demo. */
export type DemoOptions = {
  readonly scenario: string;
  readonly peers?: number;
  readonly speed: number;
  /** Makes names and shares the same each time. */
  readonly seed?: number;
  readonly headless?: boolean;
  readonly color: boolean;
  readonly ascii?: boolean;
  readonly interval?: number;
};

/** What `config add` writes beside the peers; nothing of it where a default will do. */
export type NewCluster = {
  readonly spares?: readonly string[];
  readonly user?: string;
  readonly port?: number;
  readonly jump?: string;
  readonly identity?: readonly string[];
  readonly color?: string;
  readonly readOnly?: boolean;
};

/** What the command line asks for. `text` is help, the version or a usage problem, ready to print. */
export type Request =
  | { readonly command: 'console'; readonly common: CommonOptions }
  | {
      readonly command: 'status';
      readonly common: CommonOptions;
      readonly watch?: boolean;
      readonly once?: boolean;
      readonly json?: boolean;
      readonly plain?: boolean;
    }
  | { readonly command: 'demo'; readonly demo: DemoOptions }
  /** Opens the console at the beginning of a change. */
  | {
      readonly command: 'change';
      readonly common: CommonOptions;
      readonly kind: ChangeKind;
      /** As it was typed; null for a change of the whole cluster, or where none was named. */
      readonly peer: string | null;
      readonly reason: string;
      /** Members whose absence is acknowledged by name, for a change without a terminal. */
      readonly absent?: readonly string[];
    }
  /** Opens the console at the lock, to take up a change that was left behind. */
  | {
      readonly command: 'resume';
      readonly common: CommonOptions;
      /** A host of that change that the config doesn't name; null where there is none. */
      readonly guest: string | null;
    }
  | {
      readonly command: 'plan';
      readonly common: CommonOptions;
      readonly kind: ChangeKind;
      readonly peer: string | null;
    }
  | { readonly command: 'lock-show'; readonly common: CommonOptions }
  | {
      readonly command: 'lock-break';
      readonly common: CommonOptions;
      readonly id: string;
      readonly reason: string;
    }
  | { readonly command: 'history' }
  | { readonly command: 'history-show'; readonly run: string; readonly format: 'plain' | 'markdown' | 'json' }
  | { readonly command: 'config'; readonly action: 'list' | 'path' | 'edit'; readonly config?: string }
  | {
      readonly command: 'config-add';
      readonly name: string;
      readonly peers: readonly string[];
      readonly settings: NewCluster;
      readonly config?: string;
    }
  | {
      readonly command: 'completion';
      readonly shell: Shell;
      readonly program: CommandShape;
    }
  | { readonly command: 'text'; readonly text: string; readonly code: 0 | 2 };
