import { chmod, rm } from 'node:fs/promises';
import { build } from 'esbuild';

/** Where the bundle goes; another folder where `dist` is in use. */
const outdir = process.argv[2] ?? 'dist';

// One ESM file starts in half the time of the package tree: Node resolves and reads hundreds of modules less.
await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: { cli: 'cli.tsx' },
  outdir,
  bundle: true,
  // Ink and yoga-layout use top-level await: CommonJS output is impossible.
  format: 'esm',
  platform: 'node',
  target: 'node22',
  minify: true,
  // ssh2 asks for a class by its name: without it a server dies with a client that leaves at the wrong moment.
  keepNames: true,
  legalComments: 'linked',
  define: { 'process.env.NODE_ENV': '"production"' },
  // Ink imports it only when DEV is set; ssh2 asks for its native parts and does without.
  alias: { 'react-devtools-core': './scripts/empty.ts' },
  external: ['cpu-features', '*.node'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); const __filename = import.meta.filename; const __dirname = import.meta.dirname;",
  },
  logLevel: 'warning',
});
await chmod(`${outdir}/cli.js`, 0o755);
