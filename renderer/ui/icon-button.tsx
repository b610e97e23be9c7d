import { ActionIcon, type ActionIconVariant, Tooltip } from '@mantine/core';
import type { ReactNode, Ref } from 'react';

/** A button that is only an icon: it has a name, shown as a tooltip and read out. */
export function IconButton({
  label,
  shortcut,
  onClick,
  children,
  variant = 'subtle',
  size = 34,
  pressed,
  disabled = false,
  ref,
}: {
  readonly label: string;
  /** Shown after the name: `Ctrl+F`. */
  readonly shortcut?: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
  readonly variant?: ActionIconVariant;
  readonly size?: number;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}): ReactNode {
  return (
    <Tooltip
      label={shortcut === undefined ? label : `${label} (${shortcut})`}
      events={{ hover: true, focus: true, touch: false }}
    >
      <ActionIcon
        {...(ref === undefined ? {} : { ref })}
        variant={variant}
        size={size}
        aria-label={label}
        {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
        {...(shortcut === undefined ? {} : { 'aria-keyshortcuts': shortcut.replace('Ctrl', 'Control') })}
        disabled={disabled}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
