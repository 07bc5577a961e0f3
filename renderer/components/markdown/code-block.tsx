import { ActionIcon, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { Check, Copy } from 'lucide-react';
import { memo } from 'react';
import { T, useText } from '../../lib/text.tsx';
import classes from './markdown.module.css';

/** Code of somebody else's text, with its language and a button that copies it. `code` is rendered as text, whatever it holds. */
export const CodeBlock = memo(function CodeBlock({ code, language }: { code: string; language: string }) {
  const t = useText();
  const clipboard = useClipboard({ timeout: 1500 });
  const label = t(clipboard.copied ? 'markdown.copied' : 'markdown.copyCode');
  return (
    <div className={classes.code}>
      <div className={classes.codeHead}>
        <span>{language === '' ? <T id="markdown.plainCode" /> : language}</span>
        <Tooltip label={label}>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={label} onClick={() => { clipboard.copy(code); }}>
            {clipboard.copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      </div>
      {/* It scrolls, so the keyboard has to reach it. */}
      <pre tabIndex={0} role="region" aria-label={t('markdown.codeBox', { language: language === '' ? 'none' : language })}><code>{code}</code></pre>
    </div>
  );
});
