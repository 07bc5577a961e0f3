import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissionsOf } from '../../contract/manifest/index.ts';
import { parseDiff, reviewDiff } from '../../plugins/code-reviewer/src/diff.ts';
import { diffStats } from '../../plugins/code-reviewer/src/stats.ts';
import { languageOf } from '../../plugins/code-reviewer/src/languages.ts';
import { linesOf } from '../../plugins/code-reviewer/src/lines.ts';
import { reviewText } from '../../plugins/code-reviewer/src/review.ts';
import { entropyOf } from '../../plugins/code-reviewer/src/secrets.ts';
import { pluginUnderTest, type Host, type PluginUnderTest } from './plugin-under-test.ts';

let plugin: PluginUnderTest;
beforeAll(async () => { plugin = await pluginUnderTest('code-reviewer'); });
afterAll(() => plugin.stop());

interface Found { path: string; line: number; severity: string; rule: string; message: string; excerpt: string }
const found = (answer: Record<string, unknown>): [string, number, string][] => (answer['findings'] as Found[]).map(({ path, line, rule }) => [path, line, rule]);
const rulesIn = (code: string, name: string): string[] => reviewText(code, name).findings.map(({ rule }) => rule);
// Put together here, so that no text of this file looks like a key to whoever scans it.
const GITHUB = `ghp_${'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6'.slice(0, 36)}`;
const AWS = `AKIA${'Q7ZX3MNB5KTD2WPA'}`;

const DIFF = `diff --git a/src/users.py b/src/users.py
index 1111111..2222222 100644
--- a/src/users.py
+++ b/src/users.py
@@ -3,4 +3,5 @@ def load(id):
     # SELECT * FROM users WHERE id = + is only a comment
-    return db.run("SELECT * FROM users WHERE id = ?", [id])
+    query = "SELECT * FROM users WHERE id = " + id
+    return db.run(query)
     # end
 
diff --git a/logo.png b/logo.png
new file mode 100644
Binary files /dev/null and b/logo.png differ
diff --git a/old.js b/new.js
similarity index 90%
rename from old.js
rename to new.js
--- a/old.js
+++ b/new.js
@@ -1 +1,2 @@
--- a line that looks like a header
+// eval(x) in a comment is none
+const key = "${GITHUB}";
`;

/** One granted folder in memory. */
function folder(files: Record<string, string>): Host {
  return {
    'files.list': ({ path }) => {
      const at = String(path);
      const inside = Object.entries(files).filter(([name]) => at === '' || name.startsWith(`${at}/`)).map(([name, text]) => [at === '' ? name : name.slice(at.length + 1), text] as const);
      return [...new Map(inside.map(([name, text]) => [name.split('/')[0], { name: name.split('/')[0], kind: name.includes('/') ? 'folder' : 'file', size: text.length }])).values()];
    },
    'files.readText': ({ path }) => { const text = files[String(path)]; if (text === undefined) throw Object.assign(new Error('There is no such file.'), { code: 'core/bad-input' }); return text; },
    progress: () => null,
  };
}

describe('code-reviewer', () => {
  it('asks for one folder to read, and nothing else', () => {
    expect(permissionsOf(plugin.archive.manifest).map(({ key }) => key)).toEqual(['folder:code:read']);
  });
  it('reviews what a change adds, file by file', async () => {
    const answer = await plugin.call('review_diff', { diff: DIFF });
    expect(answer).toMatchObject({
      added: 4, removed: 2, counts: { high: 2 },
      files: [{ path: 'src/users.py', status: 'changed', language: 'python', added: 2, removed: 1, hunks: 1, findings: 1 }, { path: 'logo.png', status: 'binary' }, { path: 'new.js', status: 'renamed', added: 2, removed: 1 }],
    });
    expect(found(answer)).toEqual([['new.js', 2, 'secret/github-token'], ['src/users.py', 4, 'risk/sql-concatenation']]);
    expect(JSON.stringify(answer)).not.toContain(GITHUB);
    expect(answer['notes']).toEqual(['Code changes and no test does. Ask what shows that it works.', 'logo.png is binary and was not read.']);
  });
  it('says what it expected when the text is no diff', async () => {
    await expect(plugin.call('review_diff', { diff: 'please look at my code' })).rejects.toThrow(/A unified diff was expected.*review_code/u);
  });
  it('reviews pasted code and measures its functions', async () => {
    const code = `function pick(a, b, c, d, e, f, g) {\n${'  if (a && b) { if (c) { if (d) { if (e) { if (f) { eval(g); } } } } }\n'.repeat(3)}}\n\nconst small = (x) => {\n  return x;\n};\n`;
    const answer = await plugin.call('review_code', { code, file_name: 'pick.ts' });
    expect(answer).toMatchObject({ language: 'typescript', functions: 2, most_complex: [{ name: 'pick', line: 1, lines: 5, complexity: 19, depth: 5, parameters: 7 }, { name: 'small', complexity: 1, parameters: 1 }] });
    expect(found(answer).map(([, line, rule]) => [line, rule])).toEqual([[2, 'risk/eval'], [3, 'risk/eval'], [4, 'risk/eval'], [1, 'shape/complex-function'], [1, 'shape/many-parameters']]);
    expect(await plugin.call('review_code', { code: 'def f():\n    return 1\n' })).toMatchObject({ path: 'the pasted code', language: 'python', verdict: expect.stringContaining('No rule found anything') as string });
  });
  it('reviews files and folders, the worst first, without what others wrote', async () => {
    const host = folder({ 'src/a.py': 'import os\nos.system(cmd)\n', 'src/b.py': 'x = 1\n', 'node_modules/x/i.js': 'eval(1)', '.git/c.js': 'eval(1)', 'p.png': 'x', 'src/deep/c.js': 'console.log(1)\n' });
    expect(await plugin.call('list_code', {}, host)).toEqual({ files: [{ path: 'src/a.py', size: 25, language: 'python' }, { path: 'src/b.py', size: 6, language: 'python' }, { path: 'src/deep/c.js', size: 15, language: 'javascript' }], truncated: false });
    expect(found(await plugin.call('review_file', { path: './src/a.py' }, host))).toEqual([['src/a.py', 2, 'risk/shell']]);
    expect(await plugin.call('review_folder', { path: 'src' }, host)).toMatchObject({ files: 3, counts: { high: 1, medium: 0, low: 1 }, hotspots: [{ path: 'src/a.py', high: 1 }, { path: 'src/deep/c.js', low: 1 }], skipped: [], truncated: false });
    expect(await plugin.call('review_folder', { max_files: 1 }, host)).toMatchObject({ files: 1, truncated: true });
    await expect(plugin.call('list_code', {})).rejects.toMatchObject({ details: { code: 'permission/denied' } });
  });
  it('finds secrets and never gives one back', async () => {
    const secret = 'kX9#mQ2$vL7pR4';
    const text = `all well\napi_key = "${secret}"\npassword: "changeme"\nDATABASE=postgres://ada:${'hunter2hunter2'}@db.example.com/x\n${AWS}\n-----BEGIN ${'RSA'} PRIVATE KEY-----`;
    const answer = await plugin.call('find_secrets', { text });
    expect((answer['findings'] as Found[]).map(({ line, rule }) => [line, rule])).toEqual([[2, 'secret/assigned'], [4, 'secret/url-password'], [5, 'secret/aws-key'], [6, 'secret/private-key']]);
    for (const value of [secret, 'hunter2hunter2', AWS]) expect(JSON.stringify(answer)).not.toContain(value);
  });
  it('reads 400,000 characters within its deadline', async () => {
    const code = Array.from({ length: 8_000 }, (_, index) => `const value${index} = call("text", ${index}, other);`).join('\n').slice(0, 399_000);
    expect(await plugin.call('review_code', { code, file_name: 'big.js' })).toMatchObject({ findings: [{ rule: 'shape/long-file' }] });
  });
});

describe('the rules', () => {
  it.each([
    ['el.innerHTML = text;', 'a.js', 'risk/html-injection'], ['requests.get(u, verify=False)', 'a.py', 'risk/tls-off'], ['pickle.loads(data)', 'a.py', 'risk/unsafe-load'], ['yaml.load(f)', 'a.py', 'risk/unsafe-load'],
    ['const h = createHash("md5");', 'a.ts', 'risk/weak-hash'], ['const token = Math.random();', 'a.ts', 'risk/weak-random'], ['fetch("http://api.shop.com/a")', 'a.js', 'risk/plain-http'], ['strcpy(a, b);', 'a.c', 'risk/unsafe-copy'],
    ['try { x(); } catch (e) {}', 'a.js', 'quality/empty-catch'], ['if (a == b) x();', 'a.js', 'quality/loose-equality'], ['// @ts-ignore', 'a.ts', 'quality/checks-off'], ['let a: any;', 'a.ts', 'quality/any'],
    ['it.only("x", run);', 'a.test.ts', 'quality/test-only'], ['<<<<<<< HEAD', 'a.js', 'quality/conflict-marker'], ['query = f"SELECT * FROM t WHERE id = {id}"', 'a.py', 'risk/sql-concatenation'], ['db.query(`DELETE FROM t WHERE id = ${id}`)', 'a.js', 'risk/sql-concatenation'],
    ['rm -rf /var/$DIR', 'a.sh', 'risk/recursive-delete'], ['chmod 777 x', 'a.sh', 'risk/open-permissions'],
  ])('%s', (code, name, rule) => { expect(rulesIn(code, name)).toContain(rule); });
  it.each([
    ['// eval(x)', 'a.js'], ['const a = "eval(x)";', 'a.js'], ['if (a === b) x();', 'a.js'], ['yaml.load(f, Loader=yaml.SafeLoader)', 'a.py'], ['db.run("SELECT * FROM t WHERE id = ?", [id])', 'a.js'], ['password = os.environ["PASSWORD"]', 'a.py'],
    ['const f = (a) => a;', 'a.js'], ['fetch("http://localhost:80/")', 'a.js'], ['"""eval(x)\nos.system(y)"""', 'a.py'], ['url = "postgres://ada:${PASSWORD}@db/x"', 'a.sh'], ['if (a >= b && c <= d) x();', 'a.js'],
  ])('leave alone: %s', (code, name) => { expect(rulesIn(code, name)).toEqual([]); });
  it('measure other languages', () => {
    const functions = (code: string, name: string): unknown[] => reviewText(code, name).functions.map((one) => [one.name, one.lines, one.complexity, one.parameters]);
    expect(functions('class A:\n    def run(self, a, b=1):\n        for x in a:\n            if x and b:\n                return x\n\n    async def other(self):\n        pass\n', 'a.py')).toEqual([['run', 4, 4, 2], ['other', 2, 1, 0]]);
    expect(functions('func (s *Server) Serve(a int, b string) error {\n\tif a > 1 {\n\t\treturn nil\n\t}\n\treturn err\n}\n', 'a.go')).toEqual([['Serve', 6, 2, 1]]);
    expect(functions('public static int Sum(int a, int b) {\n  return a + b;\n}\n', 'A.java')).toEqual([['Sum', 3, 1, 2]]);
  });
  it('tell random texts from words', () => { expect(entropyOf('kX9mQ2vL7pR4')).toBeGreaterThan(3.3); expect(entropyOf('aaaaaaaa')).toBe(0); });
});

describe('diffs and code as text', () => {
  const line = fc.stringMatching(/^[ a-z+\-@"'/*#=(){}]{0,20}$/u);
  it('counts what any hunk says it has', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom('+', '-', ' '), line), { minLength: 1, maxLength: 20 }), (edits) => {
      const count = (...signs: string[]): number => edits.filter(([sign]) => signs.includes(sign)).length;
      const [file] = parseDiff(`--- a/x.js\n+++ b/x.js\n@@ -1,${count('-', ' ')} +1,${count('+', ' ')} @@\n${edits.map(([sign, text]) => sign + text).join('\n')}\n`);
      expect([file?.added, file?.removed]).toEqual([count('+'), count('-')]);
      expect(file?.lines.map(({ text }) => text)).toEqual(edits.filter(([sign]) => sign !== '-').map(([, text]) => text));
    }));
  });
  it('never throws anything but what it expected, on any text', () => {
    fc.assert(fc.property(fc.array(fc.oneof(line, fc.constantFrom('--- a/x', '+++ b/x', '@@ -1 +1 @@', '@@ -0,0 +1,99 @@', 'diff --git a/x b/y', '\\ No newline at end of file')), { maxLength: 20 }), (lines) => {
      try { reviewDiff({ diff: lines.join('\n') }); } catch (error) { expect(String(error)).toMatch(/A unified diff was expected/u); }
    }));
  });
  it('keeps every line of any code, whatever is open in it', () => {
    fc.assert(fc.property(fc.array(line, { maxLength: 20 }), fc.constantFrom('a.js', 'a.py', 'a.sql', 'a.html', 'a.txt'), (lines, name) => {
      const text = lines.join('\n');
      expect(linesOf(text, languageOf(name)).map((one) => one.text)).toEqual(text.split('\n'));
      reviewText(text, name);
    }));
  });
});

describe('diff_stats', () => {
  const file = (name: string, lines: number): string => `--- a/${name}\n+++ b/${name}\n@@ -0,0 +1,${lines} @@\n${Array.from({ length: lines }, (_, at) => `+line ${at}`).join('\n')}\n`;
  it('says how large a change is, where it lies and what to ask', () => {
    const stats = diffStats({ diff: file('src/app.ts', 30) + file('package-lock.json', 900) });
    expect(stats).toMatchObject({ total: { files: 2, added: 930, removed: 0 }, size: 'small', files: [{ path: 'package-lock.json', role: 'generated' }, { path: 'src/app.ts', role: 'code', added: 30 }] });
    expect(stats.notes.join(' ')).toMatch(/No test changes.*1 generated/u);
    expect(diffStats({ diff: file('src/app.ts', 500) + file('tests/app.test.ts', 10) })).toMatchObject({ size: 'large', notes: [expect.stringContaining('510 lines')] });
    expect(diffStats({ diff: file('tests/app.test.ts', 10) }).notes).toEqual([expect.stringContaining('Only tests')]);
  });
});
