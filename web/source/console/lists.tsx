// The queue, my conversations, all that people hold, and a search in everything.

import { useState } from "preact/hooks";
import type { Summary } from "./api";
import type { Desk, List } from "./desk";
import { span, time } from "./format";
import { texts } from "./texts";

const TABS: [List, string, string][] = [
  ["queue", texts.queue, texts.emptyQueue],
  ["mine", texts.mine, texts.emptyMine],
  ["held", texts.held, texts.emptyHeld],
  ["all", texts.all, texts.emptyAll],
];

export function Lists({ desk }: { desk: Desk }) {
  const shown = desk.summaries(desk.list);
  const empty = TABS.find(([list]) => list === desk.list)?.[2];
  return (
    <nav class="lists" aria-label={texts.lists}>
      <div class="tabs" role="group" aria-label={texts.lists}>
        {TABS.map(([list, name]) => (
          <button type="button" key={list} aria-pressed={desk.list === list} onClick={() => void desk.show(list)}>
            {name}
            {list !== "all" && <b>{desk.summaries(list).length}</b>}
          </button>
        ))}
      </div>
      {desk.list === "all" && <Search desk={desk} />}
      {shown.length === 0 && <p class="empty">{empty}</p>}
      <ul class="rows">
        {shown.map((one) => (
          <Row key={`${one.id}-${one.requested_at}`} one={one} desk={desk} />
        ))}
      </ul>
    </nav>
  );
}

function Search({ desk }: { desk: Desk }) {
  const [text, setText] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void desk.show("all", text.trim());
  };
  return (
    <form class="search" role="search" onSubmit={submit}>
      <input
        id="search"
        type="search"
        aria-label={texts.search}
        placeholder={texts.searchHint}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button class="button small">{texts.search.split(" ")[0]}</button>
    </form>
  );
}

function Row({ one, desk }: { one: Summary; desk: Desk }) {
  const now = Date.now();
  const isWaiting = one.holder === "waiting";
  const when = isWaiting ? texts.waited(span(one.requested_at, now)) : time(one.last_at);
  const state = one.holder === "agent" && one.agent_name ? texts.heldBy(one.agent_name) : texts.holder[one.holder];
  return (
    <li>
      <a href={`#/${one.id}`} aria-current={desk.opened?.id === one.id ? "true" : undefined}>
        <span class="name">{one.customer ?? texts.unknownCustomer}</span>
        <span class={isWaiting ? "when wait" : "when"}>{when}</span>
        <span class="topic">{one.topic ?? state}</span>
        {one.topic && !isWaiting && <span class="state">{state}</span>}
      </a>
    </li>
  );
}
