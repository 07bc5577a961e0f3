import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import { useText } from '../../lib/text.tsx';

/** A field whose text is hidden until its eye is pressed; Mantine names the eye in English alone. */
export function PasswordField(props: PasswordInputProps) {
  const t = useText();
  return <PasswordInput visibilityToggleButtonProps={{ 'aria-label': t('frame.showText') }} {...props} />;
}
