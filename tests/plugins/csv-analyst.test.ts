import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissionsOf } from '../../contract/manifest/index.ts';
import { checkTable } from '../../plugins/csv-analyst/src/check.ts';
import { parseCsv } from '../../plugins/csv-analyst/src/csv.ts';
import { readTable } from '../../plugins/csv-analyst/src/table.ts';
import { dateKey, markOf, numberOf, typeOf } from '../../plugins/csv-analyst/src/values.ts';
import { pluginUnderTest, type Host, type PluginUnderTest } from './plugin-under-test.ts';

let plugin: PluginUnderTest;
beforeAll(async () => { plugin = await pluginUnderTest('csv-analyst'); });
afterAll(() => plugin.stop());

const SALES = ['region,day,revenue,paid,note', 'North,2026-01-05,"1,200.50",yes,', 'South,2026-02-01,300,no,"late, twice"', 'North,2026-03-09,99.5,yes,n/a', ',2026-03-10,oops,yes,', 'West,2026-01-02,0.1,yes,', 'West,2026-01-03,0.2,no,', ''].join('\n');

/** Two granted folders in memory. */
function folders(files: Record<string, string>): { host: Host; written: Record<string, string> } {
  const written: Record<string, string> = {};
  const list = (all: Record<string, string>, at: string) => {
    const inside = Object.entries(all).filter(([name]) => at === '' || name.startsWith(`${at}/`)).map(([name, text]) => [at === '' ? name : name.slice(at.length + 1), text] as const);
    return [...new Map(inside.map(([name, text]) => [name.split('/')[0], { name: name.split('/')[0], kind: name.includes('/') ? 'folder' : 'file', size: text.length }])).values()];
  };
  return {
    written,
    host: {
      'files.list': ({ key, path }) => list(key === 'data' ? files : written, String(path)),
      'files.readText': ({ key, path }) => { const text = key === 'data' ? files[String(path)] : undefined; if (text === undefined) throw Object.assign(new Error('There is no such file.'), { code: 'core/bad-input' }); return text; },
      'files.writeText': ({ key, path, text }) => { if (key !== 'reports') throw Object.assign(new Error('data is read only'), { code: 'permission/denied' }); written[String(path)] = String(text); return null; },
    },
  };
}
const { host } = folders({ 'sales.csv': SALES });

describe('csv-analyst', () => {
  it('asks for two folders and the text tools, and no network', () => {
    expect(permissionsOf(plugin.archive.manifest).map(({ key }) => key)).toEqual(['tools:dev.troupe.text-toolkit/*', 'folder:data:read', 'folder:reports:write']);
    expect(plugin.archive.manifest.plugin.configuration.required).toEqual([]);
  });
  it('lists the tables of the folder', async () => {
    const { host: many } = folders({ 'b.csv': 'x', 'a/c.tsv': 'xy', 'a/image.png': 'z', '.git/d.csv': 'x' });
    expect(await plugin.call('list_files', {}, many)).toEqual({ files: [{ path: 'a/c.tsv', size: 2 }, { path: 'b.csv', size: 1 }], truncated: false });
    await expect(plugin.call('list_files', {})).rejects.toMatchObject({ details: { code: 'permission/denied' } });
  });
  it('describes a table', async () => {
    const { columns, ...rest } = await plugin.call('describe_csv', { file: 'sales.csv' }, host);
    expect(rest).toEqual({ rows: 6, delimiter: ',', irregular_rows: 0 });
    expect((columns as Record<string, unknown>[]).map(({ name, type, missing, distinct, minimum, maximum }) => [name, type, missing, distinct, minimum, maximum])).toEqual([
      ['region', 'text', 1, 3, null, null], ['day', 'date', 0, 6, '2026-01-02', '2026-03-10'], ['revenue', 'text', 0, 6, null, null], ['paid', 'boolean', 0, 2, null, null], ['note', 'text', 5, 1, null, null]]);
    await expect(plugin.call('describe_csv', { file: 'none.csv' }, host)).rejects.toMatchObject({ code: 'sandbox/plugin-threw' });
    await expect(plugin.call('describe_csv', { file: 'e.csv' }, folders({ 'e.csv': '' }).host)).rejects.toThrow(/empty/u);
  });
  it('computes exactly, group by group', async () => {
    const { host: clean } = folders({ 'sales.csv': SALES.replace('oops', '') });
    expect(await plugin.call('aggregate', { file: 'sales.csv', group_by: ['Region'], measures: [{ function: 'sum', column: 'revenue' }, { function: 'count' }] }, clean)).toEqual({
      columns: ['region', 'sum_revenue', 'count'], rows: [['North', 1300, 2], ['South', 300, 1], ['West', 0.3, 2], ['', null, 1]], groups: 4, rows_used: 6, ignored_values: 0 });
    expect(await plugin.call('aggregate', { file: 'sales.csv', measures: [{ function: 'median', column: 'revenue' }, { function: 'mean', column: 'revenue' }, { function: 'minimum', column: 'day' }, { function: 'maximum', column: 'revenue' }, { function: 'count_distinct', column: 'region' }], where: [{ column: 'paid', operator: 'equals', value: 'YES' }] }, clean)).toMatchObject({
      rows: [[99.5, 433.36666666667, '2026-01-02', 1200.5, 2]], rows_used: 4 });
    expect(await plugin.call('aggregate', { file: 'sales.csv', group_by: ['region'], measures: [{ function: 'count' }], sort_by: 'region', descending: false, limit: 2 }, clean)).toMatchObject({ rows: [['North', 2], ['South', 1]], groups: 4 });
  });
  it('says so instead of adding up what is no number', async () => {
    await expect(plugin.call('aggregate', { file: 'sales.csv', measures: [{ function: 'sum', column: 'region' }] }, host)).rejects.toThrow(/no sum/u);
    await expect(plugin.call('aggregate', { file: 'sales.csv', measures: [{ function: 'sum', column: 'profit' }] }, host)).rejects.toThrow(/The columns are: region, day, revenue, paid, note/u);
    const { host: mostly } = folders({ 'n.csv': `n\n${'1\n'.repeat(30)}two\n` });
    expect(await plugin.call('aggregate', { file: 'n.csv', measures: [{ function: 'sum', column: 'n' }] }, mostly)).toMatchObject({ rows: [[30]], ignored_values: 1 });
  });
  it('shows rows that meet conditions, sorted', async () => {
    expect(await plugin.call('query_rows', { file: 'sales.csv', columns: ['day', 'region'], where: [{ column: 'day', operator: 'less', value: '2026-02-01' }], sort_by: 'day', descending: true }, host)).toEqual({ columns: ['day', 'region'], rows: [['2026-01-05', 'North'], ['2026-01-03', 'West'], ['2026-01-02', 'West']], matching: 3, total: 6 });
    const count = async (operator: string, column: string, value?: string): Promise<unknown> => (await plugin.call('query_rows', { file: 'sales.csv', where: [{ column, operator, ...(value === undefined ? {} : { value }) }] }, host))['matching'];
    expect(await Promise.all([count('is_empty', 'region'), count('is_not_empty', 'note'), count('contains', 'note', 'TWICE'), count('starts_with', 'region', 'no'), count('not_equals', 'region', 'North'), count('greater_or_equal', 'day', '2026-03-09'), count('less_or_equal', 'day', '2026-01-02'), count('greater', 'day', '2026-03-09')])).toEqual([1, 1, 1, 2, 4, 2, 1, 1]);
    await expect(count('equals', 'region')).rejects.toThrow(/needs a value/u);
  });
  it('reads what comma countries write', async () => {
    const { host: german } = folders({ 'umsatz.csv': '\ufeffRegion;Umsatz;Tag\r\nNord;"1.234,50";31.12.2025\r\nSüd;0,5;01.02.2026\r\n' });
    expect(await plugin.call('describe_csv', { file: 'umsatz.csv' }, german)).toMatchObject({ delimiter: ';', columns: [{ name: 'Region' }, { type: 'number', minimum: 0.5, maximum: 1234.5 }, { type: 'date', minimum: '31.12.2025' }] });
    expect(await plugin.call('query_rows', { file: 'umsatz.csv', where: [{ column: 'Umsatz', operator: 'less', value: 0.75 }] }, german)).toMatchObject({ matching: 1 });
    expect(await plugin.call('describe_csv', { file: 'x.csv' }, folders({ 'x.csv': 'a,b|c\n1,2|3\n' }).host, { delimiter: 'bar', decimal_mark: 'comma' })).toMatchObject({ delimiter: '|', columns: [{ name: 'a,b', type: 'number', minimum: 1.2 }, { name: 'c' }] });
  });
  it('writes a report once, and over another only when told', async () => {
    const { host: reports, written } = folders({});
    expect(await plugin.call('write_report', { title: 'Sales: Q1 2026', markdown: 'All well.' }, reports)).toEqual({ file: 'sales-q1-2026.md', characters: 28 });
    expect(written).toEqual({ 'sales-q1-2026.md': '# Sales: Q1 2026\n\nAll well.\n' });
    await expect(plugin.call('write_report', { title: 'sales q1 2026', markdown: 'x' }, reports)).rejects.toThrow(/already/u);
    await plugin.call('write_report', { title: 'sales q1 2026', markdown: '# Own\n', overwrite: true }, reports);
    expect(written['sales-q1-2026.md']).toBe('# Own\n');
  });
  it('reads 100,000 rows within its deadline', async () => {
    const rows = Array.from({ length: 100_000 }, (_, index) => `r${index % 7},${index}.5`).join('\n');
    expect(await plugin.call('aggregate', { file: 'big.csv', group_by: ['r'], measures: [{ function: 'sum', column: 'n' }], limit: 1 }, folders({ 'big.csv': `r,n\n${rows}` }).host)).toMatchObject({ groups: 7, rows_used: 100_000 });
  });
});

describe('tables in text', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r\n', '|', '\t', '1', 'ü') }).map((text) => `x${text}x`);
  it('gives back any cells that RFC 4180 can write', () => {
    fc.assert(fc.property(fc.constantFrom(',', ';', '\t', '|'), fc.integer({ min: 1, max: 4 }).chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 })), fc.constantFrom('\n', '\r\n'), (delimiter, rows, end) => {
      const text = rows.map((row) => row.map((value) => `"${value.replace(/"/gu, '""')}"`).join(delimiter)).join(end);
      const table = parseCsv(text, delimiter);
      expect(table.rows).toEqual(rows.slice(1));
      expect(table.irregular).toBe(0);
    }));
  });
  it('names columns so that each can be asked for, and mends rows', () => {
    expect(parseCsv('a,a,,a\n1,2\n1,2,3,4,5\n')).toEqual({ delimiter: ',', header: ['a', 'a_2', 'column_3', 'a_3'], rows: [['1', '2', '', ''], ['1', '2', '3', '4']], irregular: 2 });
  });
  it('never hangs or throws', () => { fc.assert(fc.property(fc.string({ unit: fc.constantFrom('"', ',', '\n', 'a', ';') }), (text) => { parseCsv(text); })); });
  it.each([['1,234.5', '.', 1234.5], ['1.234,5', ',', 1234.5], ['$ 1,000', '.', 1000], ['(12.5)', '.', -12.5], ['50 %', '.', 50], ['1e3', '.', 1000], ['1\'000', '.', 1000], ['-.5', '.', -0.5], ['12a', '.', undefined], ['', '.', undefined], ['1.2.3', '.', undefined]] as const)('reads %j as %s %d', (text, mark, value) => { expect(numberOf(text, mark)).toBe(value); });
  it('tells types and marks', () => {
    expect([typeOf(['1', '2', ''], '.'), typeOf(['yes', 'no'], '.'), typeOf(['2026-01-01T10:00:00Z'], '.'), typeOf(['', '-'], '.'), typeOf(['a', '1'], '.')]).toEqual(['number', 'boolean', 'date', 'empty', 'text']);
    expect([markOf(['1,5'], ','), markOf(['1.5'], ';'), markOf(['1.234'], ';'), markOf(['1,234'], ','), markOf(['1,234.5', '1.0'], ',')]).toEqual([',', '.', ',', '.', '.']);
    expect([dateKey('31.12.2025'), dateKey('12/31/2025'), dateKey('13/1/2025'), dateKey('2025-12-31 10:00')]).toEqual(['2025-12-31', '2025-12-31', '2025-01-13', '2025-12-31T10:00']);
  });
});

describe('check_csv', () => {
  it('names what makes figures wrong, with examples', () => {
    const rows = [...Array.from({ length: 12 }, (_, at) => `North,${10 + at},2026-01-${String(at + 10)}`), 'north ,9000,soon', 'South,many,2026-02-01', ',12,2026-02-02', ',12,2026-02-02'];
    const { problems, clean, rows: count } = checkTable(readTable(`region,revenue,day,note\n${rows.map((row) => `${row},`).join('\n')}\nshort\n`, {}));
    expect([clean, count]).toEqual([false, 17]);
    expect(Object.fromEntries(problems.filter(({ kind }) => kind !== 'gaps').map(({ kind, column, count: found, examples }) => [kind, [column, found, examples]]))).toEqual({
      irregular_rows: [null, 1, []], repeated_rows: [null, 1, [' | 12 | 2026-02-02 | ']], spellings: ['region', 1, ['"North" and "north"']], wrong_type: expect.anything() as unknown, outliers: ['revenue', 1, ['9000']], empty_column: ['note', 17, []],
    });
    expect(problems.filter(({ kind }) => kind === 'wrong_type').map(({ column, examples }) => [column, examples])).toEqual([['revenue', ['many']], ['day', ['soon']]]);
  });
  it('finds nothing in a table that is well', () => { expect(checkTable(readTable('a,b\n1,x\n2,y\n', {}))).toEqual({ rows: 2, columns: 2, clean: true, problems: [] }); });
});
