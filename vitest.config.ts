import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // Journeys start real programs; a limit is there to end a hang, not to judge speed.
    // Where the machine is shared, a journey through real processes may meet a moment in which nothing runs.
    retry: process.env.CI ? 1 : 0,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
