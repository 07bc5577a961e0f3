/** Prints the test files that took longest, so that a run that grows slow shows where. */
import type { Reporter, TestModule } from 'vitest/node';

const SHOWN = 10;
/** A run of a few files needs no list. */
const LEAST_FILES = 20;

export default class SlowestFiles implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (modules.length < LEAST_FILES) return;
    const files = modules.map((module) => ({ name: `${module.project.name} ${module.relativeModuleId}`, seconds: module.diagnostic().duration / 1000 })).sort((a, b) => b.seconds - a.seconds);
    const all = files.reduce((sum, { seconds }) => sum + seconds, 0);
    process.stdout.write(`\nslowest of ${files.length} files, ${all.toFixed(0)} s of tests in all\n${files.slice(0, SHOWN).map(({ name, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${name}\n`).join('')}`);
  }
}
