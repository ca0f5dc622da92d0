// Sums for the eye only: what is charged is what the gateway says. In hundredths, never in floats.

export function minorUnits(amount: string): number {
  const [whole = "0", part = ""] = amount.split(".");
  const sign = whole.startsWith("-") ? -1 : 1;
  return Number(whole) * 100 + sign * Number(part.padEnd(2, "0").slice(0, 2));
}

/** As Swedes write it. By hand: making an Intl.NumberFormat takes longer than drawing the whole list. */
export function money(minor: number, currency: string): string {
  const [whole = "0", part = "00"] = (Math.abs(minor) / 100).toFixed(2).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "\u00a0");
  const unit = currency === "SEK" ? "kr" : currency;
  return `${minor < 0 ? "\u2212" : ""}${grouped},${part}\u00a0${unit}`;
}

/** One sum for each currency, since sums over two mean nothing. */
export function sumText(rows: readonly { balance?: string; currency?: string }[]): string {
  const sums = new Map<string, number>();
  for (const { balance = "0", currency = "SEK" } of rows) {
    sums.set(currency, (sums.get(currency) ?? 0) + minorUnits(balance));
  }
  if (sums.size === 0) return money(0, "SEK");
  return [...sums].map(([currency, minor]) => money(minor, currency)).join(" + ");
}
