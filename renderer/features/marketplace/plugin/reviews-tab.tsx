import { Select, Skeleton, Stack } from '@mantine/core';
import { MessageSquareText, Star } from 'lucide-react';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import type { CatalogDetail, Review, ReviewSort } from '../../../../contract/model/catalog.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { EmptyState } from '../../../components/empty-state/empty-state.tsx';
import { Failure } from '../../../components/failure/failure.tsx';
import { RelativeTime } from '../../../components/relative-time/relative-time.tsx';
import { T, useText } from '../../../lib/text.tsx';
import { Histogram } from './histogram.tsx';
import classes from './reviews.module.css';

const SORTS: readonly ReviewSort[] = ['newest', 'helpful', 'best', 'worst'];

/** What people wrote about it, as plain text: it is theirs, and neither the registry's nor ours. */
export function ReviewsTab({ detail }: { detail: CatalogDetail }) {
  const t = useText();
  const intl = useIntl();
  const [sort, setSort] = useState<ReviewSort>('newest');
  const { data, error, refetch } = useCall('catalog', 'reviews', { id: detail.id, registry: detail.registry, sort }, { keepPrevious: true });
  const rated = detail.histogram?.some((count) => count > 0) ? detail.histogram : null;
  if (error && !data) return <Failure error={error} kept="market.failedKept" onRetry={() => { void refetch(); }} />;
  if (!data) return <div aria-busy><Skeleton height={12} mb={10} /><Skeleton height={12} mb={10} width="90%" /><Skeleton height={12} width="70%" /></div>;
  const { asOf, reviews } = data;
  return (
    <Stack gap={20}>
      {rated && <div className={classes.ratings}><Histogram counts={rated} /></div>}
      {reviews.length === 0
        ? <EmptyState icon={<MessageSquareText size={22} />} title={<T id={asOf === null ? 'reviews.unpublished' : 'reviews.none'} />} line={<T id={asOf === null ? 'reviews.unpublishedLine' : 'reviews.noneLine'} />} />
        : (
          <section>
            <div className={classes.head}>
              <h2 className={classes.heading}>{t('reviews.count', { count: reviews.length })}</h2>
              <Select className={classes.sort ?? ''} size="xs" aria-label={t('reviews.sort')} value={sort} allowDeselect={false} checkIconPosition="right" comboboxProps={{ transitionProps: { duration: 100 } }}
                data={SORTS.map((one) => ({ value: one, label: t(`reviews.sort.${one}`) }))} onChange={(next) => { if (next) setSort(next as ReviewSort); }} />
            </div>
            <ul className={classes.list}>{reviews.map((review, at) => <ReviewRow key={`${review.author} ${review.writtenAt} ${at}`} review={review} publisher={detail.publisher.name} />)}</ul>
            {asOf !== null && <p className={classes.quiet}>{t('reviews.asOf', { day: intl.formatDate(`${asOf}T00:00:00Z`, { dateStyle: 'medium', timeZone: 'UTC' }) })}</p>}
          </section>
        )}
    </Stack>
  );
}

function ReviewRow({ review, publisher }: { review: Review; publisher: string }) {
  const t = useText();
  const { author, rating, title, body, version, writtenAt, helpful, reply } = review;
  return (
    <li className={classes.review}>
      <div className={classes.facts}>
        <span className={classes.stars} role="img" aria-label={t('reviews.rated', { rating })}>{[1, 2, 3, 4, 5].map((star) => <Star key={star} size={13} aria-hidden fill={star <= rating ? 'currentColor' : 'none'} />)}</span>
        {title !== null && <strong className={classes.title} dir="auto">{title}</strong>}
      </div>
      <div className={classes.quiet}><bdi>{author}</bdi>{' · '}{t('reviews.version', { version })}{' · '}<RelativeTime at={writtenAt} /></div>
      {body !== '' && <p className={classes.body} dir="auto">{body}</p>}
      {helpful > 0 && <div className={classes.quiet}>{t('reviews.helpful', { count: helpful })}</div>}
      {reply && (
        <div className={classes.reply}>
          <div className={classes.quiet}><strong>{t('reviews.reply', { publisher })}</strong>{' · '}<RelativeTime at={reply.writtenAt} /></div>
          <p className={classes.body} dir="auto">{reply.body}</p>
        </div>
      )}
    </li>
  );
}
