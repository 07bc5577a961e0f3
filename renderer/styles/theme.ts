import { ActionIcon, Autocomplete, Button, Combobox, createTheme, Drawer, Menu, Modal, MultiSelect, Select, Tooltip, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** The one accent: a quiet indigo that holds 4.5:1 on both grounds. */
const indigo: MantineColorsTuple = ['#eef0ff', '#dde1fb', '#b9c0f2', '#939dea', '#7480e3', '#606edf', '#5563dd', '#4452c4', '#3b49b0', '#2f3d9c'];
const gray: MantineColorsTuple = ['#f9f9fa', '#f3f3f5', '#e8e8ec', '#dcdce2', '#c5c6ce', '#a3a4af', '#767885', '#565864', '#35363f', '#1d1e24'];
const dark: MantineColorsTuple = ['#d5d6dc', '#b2b3bd', '#9b9ca8', '#6d6f7b', '#42434d', '#33343c', '#24252b', '#1b1c21', '#151619', '#0f1012'];

const overlayProps = { backgroundOpacity: 0.3 };
/** The heading of a dialog is no banner of the page. */
const attributes = { header: { role: 'presentation' } };
/** What drops down belongs to the page's content, not beside its landmarks. A screen that has its own `main` gives it this id. */
const portalProps = { target: '#content' };
/** A list that is too long scrolls itself: a box around the options would be one more place for the keyboard to reach. */
const list = { withScrollArea: false, styles: { options: { maxHeight: 220, overflowY: 'auto' } } } as const;

export const theme = createTheme({
  primaryColor: 'indigo',
  black: '#1d1e24',
  primaryShade: { light: 7, dark: 6 },
  colors: { indigo, gray, dark },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  lineHeights: { xs: '1.35', sm: '1.4', md: '1.5', lg: '1.5', xl: '1.4' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.25rem', xl: '2rem' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' }, h2: { fontSize: '1.125rem', lineHeight: '1.35' },
      h3: { fontSize: '1rem', lineHeight: '1.4' }, h4: { fontSize: '0.875rem', lineHeight: '1.45' },
    },
  },
  components: {
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray' } }),
    Combobox: Combobox.extend({ defaultProps: { portalProps } }),
    Select: Select.extend({ defaultProps: list }),
    MultiSelect: MultiSelect.extend({ defaultProps: list }),
    Autocomplete: Autocomplete.extend({ defaultProps: list }),
    Menu: Menu.extend({ defaultProps: { portalProps } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 400, withArrow: false, transitionProps: { duration: 100 } } }),
    Modal: Modal.extend({ defaultProps: { transitionProps: { duration: 120 }, centered: true, overlayProps, attributes } }),
    Drawer: Drawer.extend({ defaultProps: { transitionProps: { duration: 140 }, overlayProps, attributes } }),
  },
});

/** Names for surfaces and lines, so that a screen never picks a gray by its number. */
export const variables: CSSVariablesResolver = (given) => ({
  variables: { '--troupe-rail': '13.5rem', '--troupe-bar': '3rem' },
  light: {
    '--troupe-ground': '#ffffff', '--troupe-sunken': given.colors.gray?.[0] ?? '', '--troupe-hover': given.colors.gray?.[1] ?? '',
    '--troupe-line': given.colors.gray?.[2] ?? '', '--troupe-line-strong': given.colors.gray?.[4] ?? '', '--troupe-quiet': '#5f616d', '--troupe-raised': '#ffffff',
    '--mantine-color-dimmed': '#5f616d', '--troupe-positive': '#18794e', '--troupe-warning': '#8f5200', '--troupe-negative': '#c4231c', '--troupe-accent': '#4452c4',
    '--mantine-color-error': '#c4231c',
  },
  dark: {
    '--troupe-ground': '#151619', '--troupe-sunken': '#0f1012', '--troupe-hover': '#1f2025',
    '--troupe-line': '#27282f', '--troupe-line-strong': '#42434d', '--troupe-quiet': '#a2a3af', '--troupe-raised': '#1b1c21',
    '--mantine-color-dimmed': '#a2a3af', '--mantine-color-body': '#151619', '--troupe-positive': '#52c48c', '--troupe-warning': '#e0a458', '--troupe-negative': '#ff8b82', '--troupe-accent': '#a5aefb',
    '--mantine-color-error': '#ff8b82',
  },
});
