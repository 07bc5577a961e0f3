import { FileText, ImageOff } from 'lucide-react';
import { useIntl } from 'react-intl';
import type { Attachment } from '../../../contract/model/attachment.ts';
import { useAttachmentImage } from '../../bridge/use-attachment.ts';
import { useText } from '../../lib/text.tsx';
import classes from './attachments.module.css';

/** The files of a message: images as they look, others by their name. */
export function AttachedFiles({ attachments }: { attachments: readonly Attachment[] }) {
  const t = useText();
  const intl = useIntl();
  return (
    <ul className={classes.attached} aria-label={t('chat.files')}>
      {attachments.map((one, at) => (
        <li key={at} className={classes.chip}>
          {one.kind === 'image' ? <ImageOf attachment={one} /> : <FileText size={18} aria-hidden />}
          <div className={classes.words}><span className={classes.name}>{one.name}</span><span className={classes.line}>{intl.formatMessage({ id: 'chat.file.size' }, { kilobytes: Math.max(1, Math.round(one.bytes / 1000)) })}</span></div>
        </li>
      ))}
    </ul>
  );
}

/** The image itself; its name stands beside it, so that it needs no words of its own. */
export function ImageOf({ attachment: { id }, small = false }: { attachment: Attachment; small?: boolean }) {
  const { show, there, failed } = useAttachmentImage(id);
  if (failed) return <ImageOff size={18} aria-hidden />;
  return there ? <img ref={show} className={classes.image} data-small={small || undefined} alt="" /> : <span className={classes.image} data-small={small || undefined} aria-hidden />;
}
