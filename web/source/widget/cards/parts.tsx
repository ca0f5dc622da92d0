// What several cards are made of.

import type { ComponentChildren } from "preact";
import { texts } from "../../texts";
import { useView, type EventProps } from "../context";
import type { ChatEvent, Choice, Line } from "../events";
import { Card as CardIcon, Outward } from "../icons";

export function Frame({ label, isStale, children }: { label: string; isStale?: boolean; children: ComponentChildren }) {
  return (
    <section class={isStale ? "card stale" : "card"} aria-label={label}>
      {children}
    </section>
  );
}

/** Buttons of an event; the first is the main one where the card asks one thing. */
export function Buttons({ event, isStale, main }: EventProps & { main?: string }) {
  const { chat, refocus } = useView();
  if (!event.choices?.length || (isStale && !main)) return null;
  const choose = (choice: Choice) => {
    chat.choose(event, choice.token, choice.title);
    refocus();
  };
  return (
    <div class={main ? "choices main" : "choices"} role="group" aria-label={texts.choices}>
      {event.choices.map((choice, index) => {
        const isMain = choice.style ? choice.style === "primary" : Boolean(main) && index === 0;
        return (
          <button
            key={choice.token}
            type="button"
            class={isMain ? "button primary" : "button"}
            disabled={isStale}
            onClick={() => choose(choice)}
          >
            <span>{choice.title}</span>
            {isMain && main && <b class="amount">{main}</b>}
          </button>
        );
      })}
    </div>
  );
}

export function Stale({ event }: { event: ChatEvent }) {
  const { chat } = useView();
  const isAnswered = chat.events.some((one) => one.answers === event.id);
  return <p class="stale-note">{isAnswered ? texts.chosen : texts.outdated}</p>;
}

export function Row({ title, detail, amount, note }: { title: string; detail?: string; amount: string; note?: ComponentChildren }) {
  return (
    <span class="row">
      <span class="what">
        <span class="name">{title}</span>
        {detail && <span class="detail">{detail}</span>}
        {note}
      </span>
      <span class="amount">{amount}</span>
    </span>
  );
}

export function Lines({ lines }: { lines: readonly Line[] }) {
  return (
    <ul class="lines">
      {lines.map((line) => (
        <li>
          <Row title={line.description} amount={line.amount_text} />
        </li>
      ))}
    </ul>
  );
}

export function Total({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <p class="total">
      <span>{label}</span>
      <b class="amount">{children}</b>
    </p>
  );
}

export function CardFace({ brand, last4, detail }: { brand: string; last4: string; detail?: string }) {
  return (
    <span class="face">
      <CardIcon />
      <span class="what">
        <span class="name">
          <span class="unseen">{texts.card(brand, last4)}</span>
          <span aria-hidden="true">
            {brand} <span class="dots">••••</span> {last4}
          </span>
        </span>
        {detail && <span class="detail">{detail}</span>}
      </span>
    </span>
  );
}

/** To a page of the billing system, in a window of its own: card numbers are never typed here. */
export function WindowLink({ event, title }: { event: ChatEvent; title: string }) {
  const { opened } = useView();
  return (
    <a class="button primary outward" href={event.href} target="_blank" rel="noopener" onClick={() => opened(event)}>
      <span>{title}</span>
      <span class="unseen">({texts.opensWindow})</span>
      <Outward />
    </a>
  );
}
