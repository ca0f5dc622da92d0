// One of several, as radios: saved cards, accounts, quotes.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { texts } from "../../texts";
import { useView, type EventProps } from "../context";
import type { CardRow, QuoteRow } from "../events";
import { Buttons, CardFace, Frame, Lines, Row, Stale } from "./parts";

interface Option {
  value: number;
  title: string;
  isOff?: boolean | undefined;
  face: ComponentChildren;
}

function ChooseOne({ event, isStale, label, button, options }: EventProps & { label: string; button: string; options: readonly Option[] }) {
  const { chat, refocus } = useView();
  const usable = options.filter((option) => !option.isOff);
  const [chosen, choose] = useState(usable[0]?.value);
  const submit = (submitted: Event) => {
    submitted.preventDefault();
    const option = options.find((one) => one.value === chosen);
    if (!option) return;
    chat.choose(event, event.choice ?? "", option.title, [option.value]);
    refocus();
  };
  return (
    <Frame label={label} isStale={isStale}>
      <form onSubmit={submit}>
        <fieldset disabled={isStale}>
          <legend class="unseen">{label}</legend>
          {options.map((option) => (
            <label key={option.value} class={option.isOff ? "option off" : "option"}>
              <input
                type="radio"
                name={`choice-${event.id}`}
                disabled={option.isOff}
                checked={option.value === chosen}
                onChange={() => choose(option.value)}
              />
              {option.face}
            </label>
          ))}
        </fieldset>
        {isStale ? (
          <Stale event={event} />
        ) : (
          <div class="foot">
            <button class="button primary" aria-disabled={chosen === undefined}>
              {button}
            </button>
          </div>
        )}
      </form>
    </Frame>
  );
}

function cardDetail(card: CardRow): string {
  const expiry = card.expired ? texts.expired(card.expiry) : texts.validTo(card.expiry);
  return card.description ? `${card.description} · ${expiry}` : expiry;
}

export function Cards({ event, isStale }: EventProps) {
  const cards = event.cards ?? [];
  const options = cards.map((card) => ({
    value: card.id,
    title: texts.card(card.brand, card.last4),
    isOff: card.expired || event.choice_values?.includes(card.id) === false,
    face: <CardFace brand={card.brand} last4={card.last4} detail={cardDetail(card)} />,
  }));
  return (
    <>
      {event.choice ? (
        <ChooseOne event={event} isStale={isStale} label={texts.cards} button={texts.chooseCard} options={options} />
      ) : (
        <Frame label={texts.cards}>
          <ul class="rows">
            {options.map((option) => (
              <li key={option.value}>{option.face}</li>
            ))}
          </ul>
        </Frame>
      )}
      <Buttons event={event} isStale={isStale} />
    </>
  );
}

export function Accounts({ event, isStale }: EventProps) {
  const options = (event.accounts ?? []).map((account) => ({
    value: account.id,
    title: account.name,
    face: <span class="name">{account.name}</span>,
  }));
  return <ChooseOne event={event} isStale={isStale} label={texts.account} button={texts.chooseAccount} options={options} />;
}

function QuoteFace({ quote }: { quote: QuoteRow }) {
  const due = quote.valid_text && <span class="due">{quote.valid_text}</span>;
  return <Row title={texts.quote(quote.id)} detail={quote.subject} amount={quote.total_text} note={due} />;
}

export function Quotes({ event, isStale }: EventProps) {
  const quotes = event.quotes ?? [];
  if (event.choice) {
    const options = quotes.map((quote) => ({
      value: quote.id,
      title: texts.quote(quote.id),
      face: <QuoteFace quote={quote} />,
    }));
    return <ChooseOne event={event} isStale={isStale} label={texts.quotes} button={texts.chooseQuote} options={options} />;
  }
  return (
    <>
      <Frame label={texts.quotes}>
        {quotes.map((quote) => (
          <div key={quote.id} class="quote">
            <QuoteFace quote={quote} />
            {quote.lines?.length ? (
              <details>
                <summary>{texts.quoteLines}</summary>
                <Lines lines={quote.lines} />
              </details>
            ) : null}
          </div>
        ))}
        {event.terms && (
          <p class="terms">
            <b>{texts.terms}</b> {event.terms}
          </p>
        )}
      </Frame>
      <Buttons event={event} isStale={isStale} />
    </>
  );
}
