import { useCallback, type ReactNode } from 'react';
import { FormattedMessage, useIntl } from 'react-intl';

type Values = Record<string, string | number | boolean | Date | null | undefined>;
type RichValues = Record<string, ReactNode | ((parts: ReactNode[]) => ReactNode)>;

/** Words of the interface as a string, from resources/locales: `const t = useText(); t('plugins.title')`. The same function until the language changes. */
export function useText(): (id: string, values?: Values) => string {
  const intl = useIntl();
  return useCallback((id: string, values?: Values) => intl.formatMessage({ id }, values), [intl]);
}

/** Words of the interface as a node; `values` may hold nodes and functions for tags in the message. */
export function T({ id, values }: { id: string; values?: RichValues }) {
  return <FormattedMessage id={id} {...(values && { values: values as never })} />;
}
