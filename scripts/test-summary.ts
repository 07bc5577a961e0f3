/**
 * What is worth knowing of a long run after its thousands of lines: the files that took longest, and each failure once more,
 * in short. Failures are also appended to the file that TROUPE_FAILURES names, which `npm test` prints last of all.
 */
import { appendFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

const SHOWN = 10;
/** A run of a few files needs no list. */
const LEAST_FILES = 20;
const LONGEST_MESSAGE = 400;

const short = (message: string): string => stripVTControlCharacters(message).split('\n').slice(0, 6).join('\n    ').slice(0, LONGEST_MESSAGE);

function failuresIn(module: TestModule): string[] {
  const file = `${module.project.name} ${module.relativeModuleId}`;
  const ofFile = module.errors().map((error) => `${file}\n    ${short(error.message)}`);
  const ofTests = [...module.children.allTests('failed')].map((test) => `${file} > ${test.fullName}\n    ${test.result().errors?.map((error) => short(error.message)).join('\n    ') ?? 'no error was given'}`);
  return [...ofFile, ...ofTests];
}

export default class TestSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    if (modules.length >= LEAST_FILES) this.showSlowest(modules);
    const failures = [...modules.flatMap(failuresIn), ...unhandled.map((error) => `outside of any test\n    ${short(error.message)}`)];
    const kept = process.env['TROUPE_FAILURES'];
    if (kept !== undefined && failures.length > 0) appendFileSync(kept, failures.map((failure) => `${failure}\n`).join(''));
  }

  private showSlowest(modules: readonly TestModule[]): void {
    const files = modules.map((module) => ({ name: `${module.project.name} ${module.relativeModuleId}`, seconds: module.diagnostic().duration / 1000 })).sort((a, b) => b.seconds - a.seconds);
    const all = files.reduce((sum, { seconds }) => sum + seconds, 0);
    process.stdout.write(`\nslowest of ${files.length} files, ${all.toFixed(0)} s of tests in all\n${files.slice(0, SHOWN).map(({ name, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${name}\n`).join('')}`);
  }
}
