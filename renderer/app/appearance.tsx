import { localStorageColorSchemeManager, MantineProvider, useMantineColorScheme } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useEffect, useMemo, type ReactNode } from 'react';
import { IntlProvider } from 'react-intl';
import { useCall } from '../bridge/use-call.ts';
import { theme, variables } from '../styles/theme.ts';
import { messagesFor } from './messages.ts';

/** The same key as public/color-scheme.js, which paints before this file is loaded. */
const scheme = localStorageColorSchemeManager({ key: 'troupe-color-scheme' });

/** Look and language as the settings say; what the page remembers holds until the core answered. */
export function Appearance({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  const settings = useCall('settings', 'get', {});
  const language = settings.data?.language === 'en-XA' ? 'en-XA' : 'en';
  const messages = useMemo(() => messagesFor(language), [language]);
  useEffect(() => { document.documentElement.lang = language; }, [language]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto" colorSchemeManager={scheme} {...(nonce && { getStyleNonce: () => nonce })}>
      <FollowTheme theme={settings.data?.theme} />
      <IntlProvider locale="en" messages={messages}>
        <Notifications position="bottom-right" limit={3} autoClose={5_000} />
        {children}
      </IntlProvider>
    </MantineProvider>
  );
}

function FollowTheme({ theme: chosen }: { theme: 'system' | 'light' | 'dark' | undefined }) {
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => { if (chosen) setColorScheme(chosen === 'system' ? 'auto' : chosen); }, [chosen, setColorScheme]);
  return null;
}
