/** To whom what a person gave a plugin belongs: its grants, secrets, folders, configuration and stored data. */
import type { PluginsParts } from './parts.ts';
import type { PlanItem } from './plan.ts';

/** A side-loaded plugin belongs to nobody: what was granted to a publisher is not granted to it. */
export const NOBODY = 'side-loaded';

export interface Owner {
  /** As it stands beside what belongs to it. */
  readonly id: string;
  /** As the registry calls the publisher. */
  readonly publisher: string;
  /** Whose word that is: the registry's first root, as the ids of registries name it; empty for what nobody signed. */
  readonly root: string;
}

/** What stands between a publisher and the registry whose word it is, where another registry's publisher had the name first. */
const AT = ' @ ';

/**
 * A publisher is who its registry's root says it is: the same word of another registry is somebody else, who inherits nothing. The
 * first to have a plugin's id and a publisher's name keeps the name as it is, so that what homes hold stays theirs; others have their
 * registry added to it.
 */
export async function ownerOf({ store, embeddedRoot }: Pick<PluginsParts, 'store' | 'embeddedRoot'>, { id: pluginId, record, registry }: Pick<PlanItem, 'id' | 'record' | 'registry'>): Promise<Owner> {
  const publisher = record.publisher.id;
  if (registry === null) return { id: NOBODY, publisher: NOBODY, root: '' };
  // A registry that was added by its address may be the one that the app brings a copy of.
  const root = registry === embeddedRoot ? 'embedded' : registry;
  const first = await store.read('pluginOwner', { pluginId, publisherId: publisher });
  const isTaken = publisher === NOBODY || publisher.includes(AT) || (first !== undefined && first !== root);
  return { id: isTaken ? `${publisher}${AT}${root}` : publisher, publisher, root };
}

/** The publisher's name as its registry has it. */
export const publisherNameOf = (owner: string): string => (owner.includes(AT) ? owner.slice(0, owner.lastIndexOf(AT)) : owner);
