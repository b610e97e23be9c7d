import { MantineProvider } from '@mantine/core';
import { useColorScheme } from '@mantine/hooks';
import { createContext, type ReactNode, useContext } from 'react';
import { cssVariables, theme } from './theme.ts';
import { type ThemeName, type Tokens, tokens } from './tokens.ts';

const ThemeNameContext = createContext<ThemeName>('light');

export function ThemeProvider({
  choice,
  children,
}: {
  readonly choice: 'light' | 'dark' | 'system';
  readonly children: ReactNode;
}): ReactNode {
  const system = useColorScheme('light', { getInitialValueInEffect: false });
  const name = choice === 'system' ? system : choice;
  return (
    <ThemeNameContext value={name}>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} forceColorScheme={name}>
        {children}
      </MantineProvider>
    </ThemeNameContext>
  );
}

/** The colours in force, for what CSS does not reach: canvases. */
export function useTokens(): Tokens {
  return tokens[useContext(ThemeNameContext)];
}
