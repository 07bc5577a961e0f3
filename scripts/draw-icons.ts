/** Draws the icons of the first-party plugins, 256 × 256 PNG, from shapes: run it after changing one, and commit the result. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

const SIZE = 256;
/** Samples per pixel and direction, for smooth edges. */
const SAMPLES = 4;

type Colour = readonly [number, number, number, number];
/** Below zero inside, in pixels. */
type Shape = (x: number, y: number) => number;
interface Layer { shape: Shape; colour: Colour | ((x: number, y: number) => Colour) }

const hex = (text: string, alpha = 1): Colour => [Number.parseInt(text.slice(1, 3), 16), Number.parseInt(text.slice(3, 5), 16), Number.parseInt(text.slice(5, 7), 16), alpha];
const mix = (a: Colour, b: Colour, t: number): Colour => [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t, a[3] + (b[3] - a[3]) * t];

const box = (left: number, top: number, width: number, height: number, radius: number): Shape => (x, y) => {
  const dx = Math.abs(x - left - width / 2) - width / 2 + radius;
  const dy = Math.abs(y - top - height / 2) - height / 2 + radius;
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
};
const disc = (cx: number, cy: number, radius: number): Shape => (x, y) => Math.hypot(x - cx, y - cy) - radius;
const ring = (cx: number, cy: number, radius: number, width: number): Shape => (x, y) => Math.abs(Math.hypot(x - cx, y - cy) - radius) - width / 2;
const line = (x1: number, y1: number, x2: number, y2: number, width: number): Shape => (x, y) => {
  const t = Math.min(1, Math.max(0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2)));
  return Math.hypot(x - x1 - t * (x2 - x1), y - y1 - t * (y2 - y1)) - width / 2;
};
const any = (...shapes: Shape[]): Shape => (x, y) => Math.min(...shapes.map((shape) => shape(x, y)));
const both = (a: Shape, b: Shape): Shape => (x, y) => Math.max(a(x, y), b(x, y));

/** A rounded tile whose colour runs from the upper left to the lower right. */
const tile = (from: string, to: string): Layer => ({ shape: box(8, 8, 240, 240, 56), colour: (x, y) => mix(hex(from), hex(to), (x + y) / (2 * SIZE)) });
const soft = (alpha: number): Colour => hex('#ffffff', alpha);

const ICONS: Record<string, Layer[]> = {
  'text-toolkit': [
    tile('#0f766e', '#34d399'),
    { shape: box(60, 52, 136, 152, 18), colour: soft(1) },
    { shape: any(line(84, 88, 172, 88, 13), line(84, 116, 172, 116, 13), line(84, 144, 136, 144, 13)), colour: hex('#0f766e') },
    { shape: any(line(84, 172, 112, 172, 13)), colour: hex('#a7f3d0') },
    { shape: disc(176, 176, 44), colour: hex('#134e4a') },
    { shape: any(line(158, 177, 171, 190, 12), line(171, 190, 196, 162, 12)), colour: soft(1) },
  ],
  'web-research': [
    tile('#4338ca', '#a78bfa'),
    { shape: disc(112, 112, 62), colour: soft(1) },
    { shape: both(any(ring(112, 112, 56, 9), both(disc(112, 112, 60), any((x, y) => Math.abs(Math.hypot((x - 112) * 2.1, y - 112) - 57) - 8.5, line(52, 112, 172, 112, 8), line(64, 84, 160, 84, 7), line(64, 140, 160, 140, 7)))), disc(112, 112, 62)), colour: hex('#4f46e5') },
    { shape: any(ring(112, 112, 70, 18), line(166, 166, 204, 204, 30)), colour: hex('#1e1b4b') },
    { shape: line(170, 170, 204, 204, 14), colour: hex('#fbbf24') },
  ],
  'csv-analyst': [
    tile('#b45309', '#fbbf24'),
    { shape: box(48, 60, 160, 136, 18), colour: soft(1) },
    { shape: both(box(48, 60, 160, 136, 18), box(48, 60, 160, 34, 0)), colour: hex('#78350f') },
    { shape: both(box(48, 60, 160, 136, 18), any(line(48, 128, 208, 128, 5), line(48, 162, 208, 162, 5), line(101, 94, 101, 196, 5), line(155, 94, 155, 196, 5))), colour: hex('#fde68a') },
    { shape: any(line(66, 174, 104, 138, 14), line(104, 138, 138, 158, 14), line(138, 158, 196, 84, 14)), colour: hex('#92400e') },
    { shape: any(disc(66, 174, 13), disc(104, 138, 13), disc(138, 158, 13), disc(196, 84, 17)), colour: hex('#d97706') },
    { shape: disc(196, 84, 8), colour: soft(1) },
  ],
  'code-reviewer': [
    tile('#1e293b', '#475569'),
    { shape: any(line(98, 92, 58, 128, 20), line(58, 128, 98, 164, 20), line(158, 92, 198, 128, 20), line(198, 128, 158, 164, 20)), colour: soft(1) },
    { shape: line(142, 76, 114, 180, 16), colour: hex('#94a3b8') },
    { shape: disc(184, 184, 42), colour: hex('#0f172a') },
    { shape: ring(178, 178, 20, 11), colour: hex('#f87171') },
    { shape: line(193, 193, 210, 210, 13), colour: hex('#f87171') },
  ],
  'http-tools': [
    tile('#0369a1', '#38bdf8'),
    { shape: any(line(64, 100, 186, 100, 24), line(160, 72, 192, 100, 24), line(160, 128, 192, 100, 24)), colour: soft(1) },
    { shape: any(line(70, 164, 192, 164, 24), line(96, 136, 64, 164, 24), line(96, 192, 64, 164, 24)), colour: hex('#0c4a6e') },
    { shape: any(disc(64, 100, 19), disc(192, 164, 19)), colour: hex('#fde047') },
  ],
  'sql-explorer': [
    tile('#155e75', '#22d3ee'),
    { shape: box(56, 60, 116, 126, 26), colour: soft(0.96) },
    { shape: any(line(66, 100, 162, 100, 8), line(66, 142, 162, 142, 8), line(104, 70, 104, 176, 8)), colour: hex('#0e7490') },
    { shape: any(line(178, 178, 204, 204, 22)), colour: hex('#083344') },
    { shape: disc(160, 160, 40), colour: hex('#083344') },
    { shape: disc(160, 160, 26), colour: hex('#a5f3fc') },
  ],
  'page-reader': [
    tile('#7c2d12', '#fb923c'),
    { shape: box(62, 48, 118, 160, 18), colour: soft(0.97) },
    { shape: any(line(84, 82, 134, 82, 14), line(84, 112, 158, 112, 9), line(84, 136, 158, 136, 9), line(84, 160, 124, 160, 9)), colour: hex('#c2410c') },
    { shape: any(line(170, 148, 160, 192, 22), line(206, 148, 196, 192, 22)), colour: hex('#431407') },
  ],
  'meeting-notes': [
    tile('#9d174d', '#f472b6'),
    { shape: any(box(46, 54, 124, 86, 26), both(box(60, 120, 60, 48, 0), (x, y) => (x - 70) * 0.9 + (y - 172) * 1.1)), colour: soft(1) },
    { shape: any(line(74, 84, 142, 84, 12), line(74, 110, 118, 110, 12)), colour: hex('#db2777') },
    { shape: box(118, 112, 92, 96, 22), colour: hex('#500724') },
    { shape: any(line(140, 142, 148, 150, 10), line(148, 150, 162, 134, 10), line(140, 178, 148, 186, 10), line(148, 186, 162, 170, 10)), colour: hex('#f9a8d4') },
    { shape: any(line(176, 144, 190, 144, 10), line(176, 180, 190, 180, 10)), colour: soft(1) },
  ],
};

/** The colour of one pixel: layers over each other, edges smoothed by samples. */
function pixel(layers: readonly Layer[], px: number, py: number): Colour {
  let total: [number, number, number, number] = [0, 0, 0, 0];
  for (let sample = 0; sample < SAMPLES * SAMPLES; sample += 1) {
    const x = px + ((sample % SAMPLES) + 0.5) / SAMPLES;
    const y = py + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES;
    let colour: Colour = [0, 0, 0, 0];
    for (const layer of layers) {
      if (layer.shape(x, y) >= 0) continue;
      const over = typeof layer.colour === 'function' ? layer.colour(x, y) : layer.colour;
      const alpha = over[3] + colour[3] * (1 - over[3]);
      const blend = (channel: 0 | 1 | 2): number => (over[channel] * over[3] + colour[channel] * colour[3] * (1 - over[3])) / alpha;
      colour = [blend(0), blend(1), blend(2), alpha];
    }
    total = [total[0] + colour[0] * colour[3], total[1] + colour[1] * colour[3], total[2] + colour[2] * colour[3], total[3] + colour[3]];
  }
  const alpha = total[3];
  return alpha === 0 ? [0, 0, 0, 0] : [total[0] / alpha, total[1] / alpha, total[2] / alpha, alpha / SAMPLES ** 2];
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

function draw(layers: readonly Layer[]): Buffer {
  const raw = Buffer.alloc(SIZE * (SIZE * 4 + 1));
  for (let y = 0; y < SIZE; y += 1) {
    for (let x = 0; x < SIZE; x += 1) {
      const [red, green, blue, alpha] = pixel(layers, x, y);
      raw.set([red, green, blue, alpha * 255].map(Math.round), y * (SIZE * 4 + 1) + 1 + x * 4);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIZE, 0);
  header.writeUInt32BE(SIZE, 4);
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', header), chunk('IDAT', deflateSync(raw, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}

for (const [name, layers] of Object.entries(ICONS)) {
  const folder = path.resolve(import.meta.dirname, '..', 'plugins', name, 'assets');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'icon.png'), draw(layers));
  console.log(`plugins/${name}/assets/icon.png`);
}
