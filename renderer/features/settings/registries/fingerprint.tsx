import { CopyButton, UnstyledButton } from '@mantine/core';
import { Check, Copy } from 'lucide-react';
import { useText } from '../../../lib/text.tsx';
import classes from './registries.module.css';

/** A SHA-256 in groups that an eye can compare; copied whole. */
export function Fingerprint({ text }: { text: string }) {
  const t = useText();
  return (
    <span className={classes.fingerprint}>
      <code className={classes.groups}>{(text.match(/.{1,8}/g) ?? []).map((group, at) => <span key={at}>{group}</span>)}</code>
      <CopyButton value={text}>{({ copied, copy }) => <UnstyledButton className={classes.copy} onClick={copy} aria-label={t(copied ? 'failure.copied' : 'settings.registries.copyFingerprint')}>{copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}</UnstyledButton>}</CopyButton>
    </span>
  );
}
