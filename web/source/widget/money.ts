// Sums for the eye only: what is charged is what the gateway says. In hundredths, never in floats.

export function minorUnits(amount: string): number {
  const [whole = "0", part = ""] = amount.split(".");
  const sign = whole.startsWith("-") ? -1 : 1;
  return Number(whole) * 100 + sign * Number(part.padEnd(2, "0").slice(0, 2));
}

const formats = new Map<string, Intl.NumberFormat>();

/** Formats are slow to make, so each is made once, and not before it is needed. */
export function money(minor: number, currency: string): string {
  const known = formats.get(currency) ?? new Intl.NumberFormat("sv-SE", { style: "currency", currency });
  formats.set(currency, known);
  return known.format(minor / 100);
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
