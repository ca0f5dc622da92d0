// The conversation as a text file, made here from what is shown.

import { texts } from "../texts";
import { isShown, type ChatEvent } from "./events";

const WHO = { customer: texts.you, bot: texts.bot, agent: texts.agent, system: texts.system };

export function transcript(events: readonly ChatEvent[], title: string): string {
  const time = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });
  const shown = events.filter((event) => isShown(event) && event.text);
  const parts = shown.map((event) => `${time.format(new Date(event.at))} ${WHO[event.author]}:\n${event.text}`);
  return [`${texts.transcriptTitle}: ${title}`, ...parts].join("\n\n") + "\n";
}

export function download(text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  link.download = texts.transcriptFile;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
