#!/usr/bin/env node
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 22) {
  process.stderr.write(
    `weave-console needs Node.js 22 or later; this is ${process.version} (${process.execPath}).\n`,
  );
  process.exitCode = 2;
} else {
  const { main } = await import('./source/main.ts');
  const code = await main(process.argv.slice(2));
  // Output is flushed by now. A change that was left under way has timers that nobody ends: they must not keep the terminal.
  process.exit(code);
}
