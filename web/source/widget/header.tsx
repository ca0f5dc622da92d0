// Name, minimise, and the menu.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Options } from "../messages";
import { texts } from "../texts";
import type { Chat } from "./chat";
import { isFramed, tell } from "./host";
import { Bell, Down, Leave, More, Save } from "./icons";
import * as keep from "./keep";
import { play } from "./sound";
import { download, transcript } from "./transcript";

export function Header({ chat, options, onEnd }: { chat: Chat; options: Options; onEnd: () => void }) {
  const title = options.title ?? texts.title;
  return (
    <header>
      <span class="mark" aria-hidden="true">
        {title.slice(0, 1)}
      </span>
      <div class="titles">
        <h1>{title}</h1>
        <p>{options.subtitle ?? texts.subtitle}</p>
      </div>
      {chat.phase === "open" && <Menu chat={chat} title={title} onEnd={onEnd} />}
      {isFramed && (
        <button type="button" class="tool" aria-label={texts.minimise} onClick={() => tell({ kvitt: "minimise" })}>
          <Down />
        </button>
      )}
    </header>
  );
}

function Menu({ chat, title, onEnd }: { chat: Chat; title: string; onEnd: () => void }) {
  const [isOpen, setOpen] = useState(false);
  const [isSoundOn, setSound] = useState(keep.isSoundOn);
  const menu = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const away = (event: Event) => menu.current?.contains(event.target as Node) || setOpen(false);
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [isOpen]);
  const toggleSound = () => {
    keep.keepSound(!isSoundOn);
    setSound(!isSoundOn);
    if (!isSoundOn) play();
  };
  const close = (then?: () => void) => {
    setOpen(false);
    button.current?.focus();
    then?.();
  };
  return (
    <div
      class="menu"
      ref={menu}
      onKeyDown={(key) => {
        if (key.key !== "Escape" || !isOpen) return;
        key.stopPropagation();
        close();
      }}
      onFocusOut={(left) => {
        const next = left.relatedTarget as Node | null;
        if (next && !menu.current?.contains(next)) setOpen(false);
      }}
    >
      <button
        type="button"
        class="tool"
        ref={button}
        aria-label={texts.menu}
        aria-expanded={isOpen}
        aria-controls="menu"
        onClick={() => setOpen(!isOpen)}
      >
        <More />
      </button>
      <div id="menu" class="items" hidden={!isOpen}>
        <button type="button" aria-pressed={isSoundOn} onClick={toggleSound}>
          <Bell /> {isSoundOn ? texts.soundOff : texts.soundOn}
        </button>
        <button type="button" onClick={() => close(() => download(transcript(chat.events, title)))}>
          <Save /> {texts.download}
        </button>
        <button type="button" onClick={() => close(onEnd)}>
          <Leave /> {texts.end}
        </button>
      </div>
    </div>
  );
}
