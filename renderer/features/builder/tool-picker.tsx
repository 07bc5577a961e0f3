import { Badge, Checkbox, Collapse, Skeleton, TextInput, UnstyledButton } from '@mantine/core';
import { ChevronRight, Search } from 'lucide-react';
import { useId, useState } from 'react';
import type { PickableTool } from '../../../contract/model/builder.ts';
import { useCall } from '../../bridge/use-call.ts';
import { useUnsigned } from '../../bridge/use-unsigned.ts';
import { Failure } from '../../components/failure/failure.tsx';
import { PlainBox } from '../../components/tool-call/plain-box.tsx';
import { UnsignedMark } from '../../components/unsigned-mark/unsigned-mark.tsx';
import { T, useText } from '../../lib/text.tsx';
import classes from './builder.module.css';

const SHOWN = 40;

/** The tools that there are, found by words; each opens to what it takes. Chosen ones stand first. */
export function ToolPicker({ chosen, onChange }: { chosen: readonly string[]; onChange: (tools: string[]) => void }) {
  const t = useText();
  const [words, setWords] = useState('');
  const list = useCall('builder', 'tools', {});
  const isUnsigned = useUnsigned();
  if (list.error) return <Failure compact error={list.error} onRetry={() => { void list.refetch(); }} />;
  if (!list.data) return <><Skeleton height={36} mb={8} /><Skeleton height={36} mb={8} /></>;
  const asked = words.trim().toLowerCase().split(/\s+/).filter((word) => word !== '');
  const fits = ({ id, title, description, pluginName }: PickableTool): boolean => asked.every((word) => `${id} ${title} ${description} ${pluginName}`.toLowerCase().includes(word));
  const found = list.data.tools.filter(fits).toSorted((a, b) => Number(chosen.includes(b.id)) - Number(chosen.includes(a.id)));
  return (
    <div>
      <TextInput leftSection={<Search size={16} aria-hidden />} aria-label={t('builder.searchTools')} placeholder={t('builder.searchTools')} value={words} onChange={(event) => { setWords(event.currentTarget.value); }} />
      <p className={classes.quiet} role="status"><T id="builder.toolsChosen" values={{ chosen: chosen.length, count: found.length }} /></p>
      <ul className={classes.tools}>
        {found.slice(0, SHOWN).map((tool) => <ToolRow key={tool.id} tool={tool} unsigned={isUnsigned(tool.pluginId ?? undefined)} checked={chosen.includes(tool.id)} onChange={(on) => { onChange(on ? [...chosen, tool.id] : chosen.filter((id) => id !== tool.id)); }} />)}
      </ul>
      {found.length > SHOWN ? <p className={classes.quiet}><T id="builder.moreTools" values={{ count: found.length - SHOWN }} /></p> : null}
      {found.length === 0 ? <p className={classes.quiet}><T id="builder.noTools" /></p> : null}
    </div>
  );
}

function ToolRow({ tool, unsigned, checked, onChange }: { tool: PickableTool; unsigned: boolean; checked: boolean; onChange: (on: boolean) => void }) {
  const t = useText();
  const body = useId();
  const [opened, setOpened] = useState(false);
  return (
    <li className={classes.tool}>
      <div className={classes.toolHead}>
        <Checkbox flex={1} checked={checked} onChange={(event) => { onChange(event.currentTarget.checked); }} label={unsigned ? <>{tool.title} <UnsignedMark /></> : tool.title} description={t('frame.two', { one: tool.pluginName, two: tool.description })} />
        <Badge variant={tool.effect === 'read' ? 'light' : 'default'} color="gray" radius="sm" tt="none" fw={500} autoContrast><T id={`approval.effect.${tool.effect}`} /></Badge>
        <UnstyledButton className={classes.schemaButton} aria-expanded={opened} aria-controls={body} aria-label={t('builder.schemaOf', { tool: tool.title })} onClick={() => { setOpened((before) => !before); }}><ChevronRight size={16} data-opened={opened || undefined} aria-hidden /></UnstyledButton>
      </div>
      <Collapse expanded={opened} id={body}>{opened ? <div className={classes.schema}><PlainBox label={t('builder.schema', { id: tool.id })} text={JSON.stringify(tool.input, null, 2)} /></div> : null}</Collapse>
    </li>
  );
}
