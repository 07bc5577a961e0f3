import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';

const stateSchema = z.object({ x: z.optional(z.number()), y: z.optional(z.number()), width: z.number().check(z.gte(480), z.lte(10_000)), height: z.number().check(z.gte(400), z.lte(10_000)), maximized: z.boolean() });
export type WindowState = z.infer<typeof stateSchema>;

const DEFAULT: WindowState = { width: 1280, height: 840, maximized: false };

interface Area { x: number; y: number; width: number; height: number }

/** The state as it was kept, moved back where a screen shows it; the default when there is none that can be read. */
export function readWindowState(folder: string, screens: readonly Area[]): WindowState {
  let stored: unknown;
  try { stored = JSON.parse(readFileSync(fileIn(folder), 'utf8')); } catch (error) {
    // A missing or torn file costs nothing but the place of a window.
    stored = error instanceof Error ? null : undefined;
  }
  const parsed = z.safeParse(stateSchema, stored);
  if (!parsed.success) return DEFAULT;
  const { x, y, width, height, maximized } = parsed.data;
  const visible = x !== undefined && y !== undefined && screens.some((area) => x < area.x + area.width - 100 && x + width > area.x + 100 && y >= area.y - 10 && y < area.y + area.height - 100);
  return visible ? parsed.data : { width, height, maximized };
}

/** Keeps the state for the next start. A disk that takes nothing must not keep a window from closing: then it is not kept. */
export function writeWindowState(folder: string, state: WindowState): boolean {
  const file = fileIn(folder);
  try {
    writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

const fileIn = (folder: string): string => path.join(folder, 'window.json');
