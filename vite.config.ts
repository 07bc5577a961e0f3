import { builtinModules } from 'node:module';
import type { InlineConfig } from 'vite';

/** Packages with a native part: they stay packages, found in node_modules beside the bundle. */
export const NATIVE = ['better-sqlite3', 'isolated-vm', '@napi-rs/keyring', 'node-llama-cpp'];

const builtins = [...builtinModules, ...builtinModules.map((name) => `node:${name}`), 'node:sqlite'];

/** What the sources see of the build: `source` when they run unbuilt. */
const define = (build: string, version: string): Record<string, string> => ({ __TROUPE_BUILD__: JSON.stringify(build), __TROUPE_VERSION__: JSON.stringify(version) });

/** Bundles `input` (name → file) into `outDir` for plain Node or Electron. Not minified: stacks in a bug report stay readable. */
export function nodeBundle(options: { input: Record<string, string>; outDir: string; format: 'es' | 'cjs'; build: string; version: string; external?: string[] }): InlineConfig {
  const external = [...builtins, ...NATIVE, ...(options.external ?? [])];
  return {
    configFile: false, logLevel: 'warn', define: define(options.build, options.version), publicDir: false,
    ssr: { noExternal: true, external, target: 'node' },
    build: {
      ssr: true, outDir: options.outDir, emptyOutDir: false, minify: false, target: 'node22', sourcemap: false, reportCompressedSize: false,
      rolldownOptions: {
        input: options.input, external,
        // Its code asks for eval in functions that nobody calls; the core would say so if one were.
        onwarn(warning, warn) { if (warning.code !== 'EVAL' || warning.id?.includes('logic-solver') !== true) warn(warning); },
        output: { format: options.format, entryFileNames: options.format === 'cjs' ? '[name].cjs' : '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  };
}

/** The same with what is imported at need inside of it too: a sandbox process may read one file. */
export function oneFile(config: InlineConfig): InlineConfig {
  const { build } = config;
  const output = build?.rolldownOptions?.output;
  return { ...config, build: { ...build, rolldownOptions: { ...build?.rolldownOptions, output: { ...(Array.isArray(output) ? {} : output), codeSplitting: false } } } };
}
