import { Alert } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { Link2 } from 'lucide-react';
import { Link, useSearchParams } from 'react-router';
import type { CatalogDetail } from '../../../../contract/model/catalog.ts';
import type { InstalledPlugin } from '../../../../contract/model/plugin.ts';
import type { CallError } from '../../../bridge/procedures.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './plugin-screen.module.css';

/** What a link that led to a plugin's page asked for, as far as this machine has it. */
export interface Linked {
  /** The version it asks to install, when the catalog has it and it is not withdrawn. */
  version: string | null;
  /** The version it asks to install, when that is not there to be had. */
  missingVersion: string | null;
  /** It names another registry than the one that this plugin comes from: one that is known here, or not. */
  otherRegistry: 'known' | 'unknown' | null;
}

/**
 * The plugin of this page: what `?registry=` means by its fingerprint or id, where that registry has it; else what is installed, or goes first.
 * @returns the first answer that decides: the other one is shown only when it is there
 */
export function usePluginDetail(id: string): UseQueryResult<CatalogDetail, CallError> {
  const [address] = useSearchParams();
  const registry = address.get('registry');
  const status = useCall('catalog', 'status', {}, { enabled: registry !== null });
  const meant = registry === null ? undefined : status.data?.registries.find((one) => one.fingerprint === registry || one.id === registry);
  const first = useCall('catalog', 'get', { id });
  const elsewhere = meant !== undefined && (first.data?.alsoFrom ?? []).some((one) => one.registry === meant.id);
  const other = useCall('catalog', 'get', { id, ...(elsewhere && { registry: meant.id }) }, { enabled: elsewhere });
  return elsewhere ? other : first;
}

/** Reads `?version=` and `?registry=` of the address. Two registries may serve one id: what the link does not mean is not offered under it. */
export function useLinked(detail: CatalogDetail | undefined): Linked {
  const [address] = useSearchParams();
  const registry = address.get('registry');
  const version = address.get('version');
  const status = useCall('catalog', 'status', {}, { enabled: registry !== null });
  const meant = status.data?.registries.find((one) => one.fingerprint === registry || one.id === registry);
  const had = detail?.versions.some((one) => one.version === version && one.withdrawn === null) ?? false;
  return {
    version: had ? version : null,
    missingVersion: detail && !had ? version : null,
    // Until it is known which registries there are, nothing is offered.
    otherRegistry: registry === null || (meant !== undefined && meant.id === detail?.registry) ? null : status.data && !meant ? 'unknown' : 'known',
  };
}

/** Says in what the link and what is here differ. */
export function LinkNotice({ linked, detail, installed }: { linked: Linked; detail: CatalogDetail | undefined; installed: InstalledPlugin | undefined }) {
  const t = useText();
  const status = useCall('catalog', 'status', {}, { enabled: linked.otherRegistry !== null });
  const from = status.data?.registries.find(({ id }) => id === detail?.registry)?.name ?? detail?.registry ?? '';
  const other = linked.version !== null && installed && installed.version !== linked.version;
  if (linked.otherRegistry !== null) {
    if (!status.data) return null;
    return (
      <Alert icon={<Link2 size={16} />} color="orange" title={<T id="plugin.link.otherRegistry" />} classNames={{ title: classes.misfit ?? '' }}>
        <div>{t('plugin.link.otherRegistryLine', { registry: from })}</div>
        {linked.otherRegistry === 'unknown' && <Link to="/settings/registries"><T id="plugin.link.toRegistries" /></Link>}
      </Alert>
    );
  }
  if (linked.missingVersion === null && !other) return null;
  return <Alert icon={<Link2 size={16} />} color="gray" title={linked.missingVersion !== null ? t('plugin.link.noVersion', { version: linked.missingVersion }) : t('plugin.link.version', { version: linked.version })}><T id={other ? 'plugin.link.versionLine' : 'plugin.link.noVersionLine'} /></Alert>;
}
