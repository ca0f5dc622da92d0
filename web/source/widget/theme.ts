// The site's own colour, made readable: darkened or lightened until it has contrast 4.5 on the paper.

type Rgb = readonly [number, number, number];

const LIGHT_PAPER: Rgb = [255, 255, 255];
const DARK_PAPER: Rgb = [29, 38, 42];
const INK: Rgb = [12, 24, 28];
const ENOUGH = 4.6;

function parse(colour: string): Rgb | undefined {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour.trim());
  return hex ? [parseInt(hex[1] ?? "", 16), parseInt(hex[2] ?? "", 16), parseInt(hex[3] ?? "", 16)] : undefined;
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function towards(from: Rgb, to: Rgb, share: number): Rgb {
  return from.map((part, index) => Math.round(part + ((to[index] ?? 0) - part) * share)) as unknown as Rgb;
}

function readable(colour: Rgb, paper: Rgb, towardsColour: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = towards(colour, towardsColour, share);
    if (contrast(mixed, paper) >= ENOUGH) return mixed;
  }
  return towardsColour;
}

const css = (colour: Rgb) => `rgb(${colour.join(" ")})`;
const onTop = (colour: Rgb) => css(contrast(colour, LIGHT_PAPER) >= 4.5 ? LIGHT_PAPER : INK);

export function applyTheme(root: HTMLElement, theme: string | undefined, accent: string | undefined): void {
  if (theme === "light" || theme === "dark") root.dataset["theme"] = theme;
  const colour = accent && parse(accent);
  if (!colour) return;
  const light = readable(colour, LIGHT_PAPER, [0, 0, 0]);
  const dark = readable(colour, DARK_PAPER, [255, 255, 255]);
  root.style.setProperty("--accent-light", css(light));
  root.style.setProperty("--on-accent-light", onTop(light));
  root.style.setProperty("--accent-dark", css(dark));
  root.style.setProperty("--on-accent-dark", onTop(dark));
}
