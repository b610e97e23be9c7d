const family = "'Inter Variable', Inter, system-ui, sans-serif";

export const fonts = {
  label: `500 13px ${family}`,
  strong: `650 13px ${family}`,
} as const;
