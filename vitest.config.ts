import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // Journeys start real programs; a limit is there to end a hang, not to judge speed.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
