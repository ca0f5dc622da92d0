// Times, spans and amounts in Swedish.

import type { Money } from "./api";

const TIME = new Intl.DateTimeFormat("sv-SE", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("sv-SE", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const DATE = new Intl.DateTimeFormat("sv-SE", { day: "numeric", month: "long" });

export function time(at: string): string {
  const then = new Date(at);
  return (then.toDateString() === new Date().toDateString() ? TIME : DAY).format(then);
}

export const date = (day: string): string => DATE.format(new Date(day));

export function span(since: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(since)) / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function money({ amount, currency }: Money): string {
  return new Intl.NumberFormat("sv-SE", { style: "currency", currency }).format(Number(amount));
}
