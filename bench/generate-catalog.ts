/** A catalog of any size, the same for the same seed, with words distributed as in real descriptions (a few common, many rare). */
import { createHash } from 'node:crypto';
import type { CatalogRecord, PluginStats } from '../contract/manifest/index.ts';

export interface GeneratedEntry { record: CatalogRecord; figures: PluginStats }

/** A small generator of pseudo-random numbers in [0, 1), so that a bench measures the same data everywhere. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const CATEGORIES = ['observability', 'testing', 'data', 'infrastructure', 'ai-ml', 'consulting', 'development', 'security', 'productivity', 'communication', 'research', 'finance', 'legal', 'marketing', 'sales', 'support', 'education', 'health', 'travel', 'design'] as const;
const KINDS = ['agent', 'crew', 'flow', 'tool', 'blueprint'] as const;
const COMMON = `agent agents assistant crew workflow tool data report analysis monitor monitoring research writer summary summarise search web page code review reviewer test testing security scan
database query chart table file folder document meeting notes email message chat support ticket customer sales invoice budget plan schedule calendar task project team daily weekly alert
alerts metrics logs trace deploy release build pipeline cloud container cluster network server client api schema model prompt evaluation quality check compare translate extract classify
detect image audio video text markdown spreadsheet export import sync backup archive convert format clean merge filter sort group rank score forecast trend market price stock news
social post campaign content blog article outline draft edit proofread publish legal contract policy compliance audit risk privacy finance tax expense travel booking weather map location`.split(/\s+/);
const ENDINGS = ['er', 'or', 'ing', 'ist', 'ly', 'ware', 'flow', 'kit', 'hub', 'lab', 'base', 'desk', 'mate', 'wise', 'cast', 'loop'];
const SYLLABLES = ['ba', 'ce', 'di', 'fo', 'gu', 'ha', 'je', 'ki', 'lo', 'mu', 'na', 'pe', 'qui', 'ro', 'su', 'ta', 've', 'wi', 'xo', 'zu', 'bra', 'cle', 'dri', 'flo', 'gra', 'kle', 'pla', 'sto', 'tri', 'vox'];

/** Installs of thirty days around a mean that rises or falls, and ratings around a middle of the plugin's own. */
function figuresOf(id: string, installs: number, ratings: number, random: () => number): PluginStats {
  const mean = installs / 200;
  const slope = random() - 0.4;
  const good = 0.3 + 0.7 * random();
  const histogram: PluginStats['ratings'] = [0, 0, 0, 0, 0];
  for (let person = 0; person < ratings; person += 1) {
    const stars = Math.min(4, Math.floor(5 * (1 - (1 - good) * random() * 1.6)));
    histogram[Math.max(0, stars) as 0 | 1 | 2 | 3 | 4] += 1;
  }
  return { id, installs, trend: Array.from({ length: 30 }, (_, day) => Math.round(mean * (1 + slope * (day / 30)) * (0.7 + 0.6 * random()))), ratings: histogram };
}

/** Yields `total` entries one after another, so that a large catalog never stands in memory. */
export function* generateCatalog(total: number, seed = 7): Generator<GeneratedEntry> {
  const random = seeded(seed);
  const pick = <T>(list: readonly T[], skew = 1): T => list[Math.floor(list.length * random() ** skew)] as T;
  const rare = Array.from({ length: 20_000 }, () => pick(SYLLABLES) + pick(SYLLABLES) + (random() < 0.5 ? pick(SYLLABLES) : '') + pick(ENDINGS));
  const word = (): string => (random() < 0.75 ? pick(COMMON, 1.6) : pick(rare, 1.4));
  const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
  for (let number = 0; number < total; number += 1) {
    const name = `${capital(word())} ${capital(random() < 0.3 ? pick(rare) : word())}`;
    const publisher = Math.floor(2_000 * random() ** 2);
    const kind = pick(KINDS, 1.5);
    const id = `com.publisher-${publisher}.${name.toLowerCase().replaceAll(' ', '-')}-${number}`;
    const published = 1_750_000_000_000 + Math.floor(random() * 30_000_000_000);
    const ratings = Math.floor(200 * random() ** 6);
    const digest = createHash('sha512').update(id).digest('hex');
    yield {
      figures: figuresOf(id, Math.floor(1_000_000 * random() ** 8), ratings, random),
      record: {
        id, name, kinds: random() < 0.2 ? [kind, 'tool'] : [kind],
        publisher: { id: `publisher-${publisher}`, name: `${capital(rare[publisher] ?? 'some')} ${pick(['Labs', 'Works', 'Software', 'Systems'])}`, tier: pick(['tier3', 'tier2', 'tier1'], 2), verified: random() < 0.5, website: null, logo: null, keys: [] },
        description: capital(Array.from({ length: 8 + Math.floor(random() * 10) }, word).join(' ')), long_description: '',
        categories: [pick(CATEGORIES, 1.4), ...(random() < 0.4 ? [pick(CATEGORIES)] : [])], tags: Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(COMMON)),
        pricing: { model: pick(['free', 'freemium', 'paid', 'enterprise'] as const, 2.5), paid_tiers: [] },
        permissions: [], configuration: [], capabilities: [{ kind, id: 'main', name: capital(word()), description: '' }],
        license: 'MIT', docs_url: null, support_email: null, demo_video: null, icon: null, screenshots: [],
        compatibility: { app_version: '*', platforms: null }, moderation: 'approved',
        versions: [{
          version: `${1 + Math.floor(random() * 3)}.${Math.floor(random() * 10)}.${Math.floor(random() * 10)}`, channel: 'stable', sha512: digest, size: 20_000, manifest_sha512: digest,
          dependencies: [], requirements: { app_version: random() < 0.05 ? '>=99.0.0' : '*', dependencies: [] }, permissions: [],
          signature: { key_id: digest.slice(0, 64), signature: digest }, changelog: '', published_at: published, deprecated: null, withdrawn: null,
        }],
      },
    };
  }
}
