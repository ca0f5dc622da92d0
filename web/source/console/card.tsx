// Who the customer is and how that was shown, what is overdue, and what was paid in this conversation.

import type { ComponentChildren } from "preact";
import type { Card, Summary } from "./api";
import type { Opened } from "./desk";
import { date, money, time } from "./format";
import { texts } from "./texts";

export function CustomerCard({ opened }: { opened: Opened }) {
  const card = opened.card;
  return (
    <aside class="card" aria-label={texts.card}>
      <Part title={texts.identity}>{card && <Identity card={card} />}</Part>
      <Part title={texts.overdue}>{card && <Overdue card={card} />}</Part>
      <Part title={texts.payments}>{card && <Payments card={card} />}</Part>
      <Part title={texts.flow}>{card && <Flow card={card} />}</Part>
      {opened.requests.length > 1 && (
        <Part title={texts.requests}>
          <ul>
            {opened.requests.slice(1).map((one) => (
              <Earlier key={one.requested_at} one={one} />
            ))}
          </ul>
        </Part>
      )}
    </aside>
  );
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Identity({ card }: { card: Card }) {
  const who = card.identity;
  if (!who) return <p class="tag wait">{texts.notVerified}</p>;
  return (
    <>
      <p class="strong">{who.name}</p>
      <p>{who.email}</p>
      <p>{texts.client(who.client_id)}</p>
      <p>
        <span class="tag good">{texts.proofs[who.proof] ?? who.proof}</span> {texts.provenAt(time(who.proven_at))}
      </p>
    </>
  );
}

function Overdue({ card }: { card: Card }) {
  if (!card.identity) return <p>–</p>;
  if (!card.overdue) return <p>{texts.overdueUnknown}</p>;
  if (card.overdue.invoices.length === 0) return <p>{texts.nothingOverdue}</p>;
  return (
    <>
      <p class="strong amount">{card.overdue.sums.map(money).join(" + ")}</p>
      <ul>
        {card.overdue.invoices.map((one) => (
          <li key={one.id}>
            <span>
              {texts.invoice(one.number)}, {texts.due(date(one.due_date))}
            </span>
            <span class="amount">{money(one.amount)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Payments({ card }: { card: Card }) {
  if (card.orders.length === 0) return <p>{texts.noPayments}</p>;
  return (
    <>
      {card.orders.map((order) => (
        <ul key={order.id}>
          {order.lines.map((line) => (
            <li key={line.number}>
              <span>
                {texts.invoice(line.number)}: {texts.statuses[line.status] ?? line.status}
                {line.ticket && `, ${texts.ticket(line.ticket)}`}
              </span>
              <span class="amount">{money(line.amount)}</span>
            </li>
          ))}
        </ul>
      ))}
    </>
  );
}

function Flow({ card }: { card: Card }) {
  return (
    <ul>
      {card.flow.map((one) => (
        <li key={one.at}>
          <span>{one.intent ?? "–"}</span>
          <span>{one.confidence === null ? "" : `${Math.round(one.confidence * 100)} %`}</span>
        </li>
      ))}
    </ul>
  );
}

function Earlier({ one }: { one: Summary }) {
  const rest = [one.rating && texts.rating(one.rating), one.ticket && texts.ticket(one.ticket)].filter(Boolean);
  return (
    <li>
      <span>
        {one.topic}: {texts.states[one.state ?? ""]} {rest.join(", ")}
      </span>
      <span>{time(one.requested_at)}</span>
    </li>
  );
}
