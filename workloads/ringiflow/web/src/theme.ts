import { createTheme, type MantineColorsTuple, virtualColor } from "@mantine/core";

/** The red of a seal. */
const seal: MantineColorsTuple = [
  "#fdeeec",
  "#f7dad7",
  "#edb2ac",
  "#e3877f",
  "#da6358",
  "#d34c40",
  "#c63f33",
  "#b3312c",
  "#9c2824",
  "#861e1c",
];

export const theme = createTheme({
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", "Hiragino Sans", "Yu Gothic UI", "Noto Sans CJK JP", "Noto Sans JP", sans-serif',
  colors: {
    seal,
    // Text and outlines of what ends a request: dark enough on white, light enough on black.
    bad: virtualColor({ name: "bad", light: "seal", dark: "rose" }),
    rose: Array.from({ length: 10 }, () => "#ff857d") as unknown as MantineColorsTuple,
  },
  primaryColor: "seal",
  primaryShade: { light: 7, dark: 7 },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
});
