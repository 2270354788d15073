import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (name: string) => fileURLToPath(new URL(`packages/${name}/src/index.ts`, import.meta.url));
const alias = Object.fromEntries(['acquire', 'features', 'models', 'cli'].map((name) => [`@affect-edge/${name}`, source(name)]));
const everywhere = (ending: string) => ['packages/*/src', 'packages/*/test', 'test'].map((folder) => `${folder}/**/*${ending}`);

/** `fast` is what `pnpm check` runs; `real` adds the tests with real parts (ptys, Bluetooth, brokers, browser, processes), one file at a time. */
export default defineConfig({
  resolve: { alias },
  test: {
    reporters: ['default', fileURLToPath(new URL('test/closing-line.ts', import.meta.url))],
    projects: [
      { extends: true, test: { name: 'fast', include: everywhere('.test.ts'), exclude: everywhere('.real.test.ts'), testTimeout: 30_000 } },
      {
        extends: true,
        test: { name: 'real', include: everywhere('.real.test.ts'), testTimeout: 180_000, hookTimeout: 120_000, fileParallelism: false },
      },
    ],
  },
});
