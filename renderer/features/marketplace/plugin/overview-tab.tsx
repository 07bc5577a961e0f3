import { Button, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { isHireable, type BlobReference, type Capability, type PriceTiers } from '../../../../contract/model/catalog.ts';
import { useImage } from '../../../bridge/use-image.ts';
import { KindIcon } from '../../../components/kind-icon/kind-icon.tsx';
import { Markdown } from '../../../components/markdown/markdown.tsx';
import { OutsideLink } from '../../../components/markdown/outside-link.tsx';
import { T, useText } from '../../../lib/text.tsx';
import classes from './overview-tab.module.css';
import { Prices } from './prices.tsx';

interface Props { pricing: PriceTiers | null; pluginId: string; name: string; description: string; capabilities: readonly Capability[]; installed: boolean; screenshots: readonly BlobReference[]; demoVideo: string | null }

/** What it offers, in its publisher's words. */
export function OverviewTab({ pricing, pluginId, name, description, capabilities, installed, screenshots, demoVideo }: Props) {
  const t = useText();
  const agents = capabilities.some(isHireable);
  return (
    <Stack gap={28}>
      {capabilities.length > 0 && (
        <section>
          <h2 className={classes.heading}><T id="plugin.offers" /></h2>
          <ul className={classes.list}>
            {capabilities.map((capability) => (
              <li key={`${capability.kind}/${capability.id}`} className={classes.row}>
                <span className={classes.icon}><KindIcon kind={capability.kind} /></span>
                <div className={classes.words}>
                  <span className={classes.name}>{capability.name}<span className={classes.kind}>{t(`market.kind.${capability.kind}`)}</span></span>
                  <span className={classes.line}>{capability.description}</span>
                  {capability.remote !== undefined && <span className={classes.line}>{t('plugin.remote', { address: capability.remote })}</span>}
                  {capability.kind === 'blueprint' && <span className={classes.line}><T id="plugin.blueprint" /></span>}
                </div>
                {installed && isHireable(capability) && <Button component={Link} to={`/team/hire?plugin=${pluginId}&agent=${capability.id}`} size="xs" variant="default" aria-label={t('plugin.hireNamed', { name: capability.name })}><T id="plugin.hire" /></Button>}
              </li>
            ))}
          </ul>
          {agents && !installed && <Text size="sm" c="dimmed" mt={8}><T id="plugin.hireAfter" /></Text>}
        </section>
      )}
      {pricing && <Prices pricing={pricing} />}
      {screenshots.length > 0 && <div className={classes.pictures}>{screenshots.map((picture, at) => <Picture key={picture.sha512} picture={picture} words={t('plugin.screenshot', { number: at + 1, name })} />)}</div>}
      {demoVideo !== null && <div><OutsideLink href={demoVideo} words={t('plugin.demo')}>{t('plugin.demo')}</OutsideLink></div>}
      {description === '' ? <Text c="dimmed"><T id="plugin.noDescription" /></Text> : <Markdown source={description} />}
    </Stack>
  );
}

function Picture({ picture, words }: { picture: BlobReference; words: string }) {
  const source = useImage(picture.sha512, 'screenshot');
  return <div className={classes.picture}>{source !== undefined && <img src={source} alt={words} />}</div>;
}
