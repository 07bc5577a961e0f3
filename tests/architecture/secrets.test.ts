import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/sources.ts';

const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter((file) => file !== '' && !/\.(png|woff2?|ico|gif|jpe?g|webp|troupe)$/.test(file));

describe('what is in the repository', () => {
  it('holds no private key', () => {
    const keys = tracked.filter((file) => /-----BEGIN [A-Z ]*PRIVATE KEY-----\s*\n[A-Za-z0-9+/=]{20}/.test(read(file)) || /"d"\s*:\s*"[A-Za-z0-9_-]{43}"/.test(read(file)));
    expect(tracked.length).toBeGreaterThan(50);
    expect(keys).toEqual([]);
  });
  it('names no package registry, so that any mirror serves it', () => {
    const host = ['registry', 'npmjs', 'org'].join('.');
    expect(tracked.filter((file) => read(file).includes(host))).toEqual([]);
    expect(read('package-lock.json')).not.toContain('"resolved"');
  });
});

/** A tracked file's text; empty when it was deleted and not yet committed. */
function read(file: string): string {
  try { return readFileSync(path.join(root, file), 'utf8'); } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
