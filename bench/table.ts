/** The table that `npm run bench` prints. */
import type { Figure } from './measure.ts';

export interface Report {
  machine: { cpu: string; cores: number; memoryGiB: number; system: string; node: string; loadBefore: number };
  seconds: number;
  figures: readonly Figure[];
  failed: readonly { bench: string; message: string }[];
}

const digits = (value: number): string => (Number.isNaN(value) ? '–' : value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0));

/** Whether the figure keeps what it has to; empty when nothing was promised. */
const verdict = ({ median, p95, target }: Figure): string => (target === undefined ? '' : `${(target.on === 'p95' ? p95 : median) <= target.most ? 'holds' : 'MISSED'}: ${target.on} ≤ ${Number(target.most.toPrecision(3))}`);

function row(figure: Figure): string[] {
  const { name, unit, n, median, p95, rival } = figure;
  const beside = rival ? [digits(rival.median), digits(rival.p95), `${digits(median / rival.median)}×`, rival.name] : ['', '', '', ''];
  return [name, unit, String(n), digits(median), digits(p95), ...beside, verdict(figure)];
}

export function asText({ machine, seconds, figures, failed }: Report): string {
  const head = ['what', 'unit', 'n', 'median', 'p95', 'rival median', 'rival p95', 'ratio', 'rival', 'target'];
  const rows = [head, ...figures.map(row)];
  const widths = head.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const isNumber = (column: number): boolean => column >= 2 && column <= 7;
  const lines = rows.map((cells) => cells.map((cell, column) => (isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ').trimEnd());
  return [
    `machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}, load before ${machine.loadBefore.toFixed(1)}`, '',
    ...lines, '', ...failed.map(({ bench, message }) => `not measured: ${bench}: ${message}`), `${seconds.toFixed(0)} s`, '',
  ].join('\n');
}
