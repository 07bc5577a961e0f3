/**
 * Icons that are likely seen soon are brought after a sync, so that the marketplace shows them at once and without a network: those of
 * what is installed, of collections, and of what stands first. The others come when they are looked at.
 */
import type { CatalogStore } from '../../base/store/index.ts';
import type { Images } from './images.ts';

export interface IconsAheadLimits {
  /** How many icons of the most popular plugins. */
  popular: number;
  /** How many icons altogether. */
  icons: number;
  /** Bytes of one icon, and of all that one turn brings. */
  iconBytes: number; turnBytes: number;
  /** Failures one after another after which a registry is left alone until the next sync. */
  failures: number;
}
const LIMITS: IconsAheadLimits = { popular: 120, icons: 300, iconBytes: 256 * 1024, turnBytes: 8 * 1024 * 1024, failures: 3 };

export interface IconsAhead {
  /** Begins a turn in the background; during one, another follows it. */
  bring(): void;
  stop(): Promise<void>;
}

/** One icon after another, and never two turns at once: what a person asks for goes first. */
export function createIconsAhead(parts: { store: CatalogStore; images: Pick<Images, 'keep'>; installed: () => Promise<Readonly<Record<string, string>>>; report: (message: string, facts: Record<string, unknown>) => void; limits?: Partial<IconsAheadLimits> }): IconsAhead {
  const limits = { ...LIMITS, ...parts.limits };
  const stopping = new AbortController();
  let again = false;
  let under: Promise<void> | undefined;

  const turn = async (): Promise<void> => {
    const likely = await parts.store.read('likelyIcons', { installed: Object.keys(await parts.installed()), popular: limits.popular, most: limits.icons, bytes: limits.iconBytes });
    const failures = new Map<string, number>();
    let bytes = 0;
    for (const icon of likely) {
      if (stopping.signal.aborted) return;
      const failed = failures.get(icon.registry) ?? 0;
      if (failed >= limits.failures || bytes + icon.size > limits.turnBytes) continue;
      try {
        bytes += await parts.images.keep(icon, stopping.signal);
        failures.delete(icon.registry);
      } catch (error) {
        failures.set(icon.registry, failed + 1);
        if (failed + 1 === limits.failures && !stopping.signal.aborted) parts.report('icons could not be fetched ahead', { registry: icon.registry, error: error instanceof Error ? error.message : String(error) });
      }
    }
  };
  const turns = async (): Promise<void> => {
    do {
      again = false;
      await turn();
    } while (again && !stopping.signal.aborted);
  };

  return {
    bring() {
      if (stopping.signal.aborted) return;
      again = true;
      under ??= turns().catch((error: unknown) => { if (!stopping.signal.aborted) parts.report('icons could not be fetched ahead', { error: error instanceof Error ? error.message : String(error) }); }).finally(() => { under = undefined; });
    },
    async stop() {
      stopping.abort();
      await under;
    },
  };
}
