// The demo customer zone: who is visiting, the snippet, and the chat as any site would embed it.

interface Visitor {
  id: string;
  name: string;
  detail: string;
}

interface Api {
  open(): void;
  logout(): void;
}

const CHOSEN = "visitor";
const NOBODY: Visitor = { id: "", name: "Inte inloggad", detail: "Logga in med en kod via e-post i chatten" };

const find = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const chosen = new URLSearchParams(location.search).get(CHOSEN) ?? "";
const chat = () => (window as unknown as { Kvitt?: Api }).Kvitt;

interface Zone {
  visitors: Visitor[];
  /** Where the sandbox shows what it has mailed; nowhere when another system bills. */
  mail: string | null;
}

async function readZone(): Promise<Zone> {
  try {
    const response = await fetch("/demo/visitors");
    if (response.ok) return (await response.json()) as Zone;
  } catch {
    // Without the demo's own addresses the page still shows the chat.
  }
  return { visitors: [], mail: null };
}

function embed(visitor: Visitor): void {
  const script = document.createElement("script");
  script.src = "/widget.js";
  script.dataset["title"] = "Nordhost";
  if (visitor.id) script.dataset["identityUrl"] = `/demo/identity?visitor=${encodeURIComponent(visitor.id)}`;
  document.body.append(script);
}

function greet(visitor: Visitor): void {
  if (!visitor.id) return;
  find("who").textContent = visitor.name;
  find("welcome").textContent = `Hej ${visitor.name.split(" ")[0]}!`;
  find("lead").textContent = "Du är inloggad. Chatten vet vem du är och kan visa dina fakturor direkt.";
}

function drawVisitors(all: readonly Visitor[], current: Visitor): void {
  const list = find("visitors");
  for (const visitor of all) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const name = document.createElement("b");
    const detail = document.createElement("span");
    name.textContent = visitor.name;
    detail.textContent = visitor.detail;
    button.type = "button";
    button.ariaPressed = String(visitor === current);
    button.append(name, detail);
    button.addEventListener("click", () => become(visitor));
    item.append(button);
    list.append(item);
  }
}

/** Another person at the same screen: the site logs out, and so does the chat. */
function become(visitor: Visitor): void {
  if (visitor.id === chosen) return;
  chat()?.logout();
  const next = visitor.id ? `/?${CHOSEN}=${encodeURIComponent(visitor.id)}` : "/";
  setTimeout(() => location.assign(next), 400);
}

function drawSnippet(): void {
  const text = `<script async src="${location.origin}/widget.js"\n  data-title="Nordhost"\n  data-accent="#0f5c5c"></script>`;
  find("snippet").textContent = text;
  find("copy").addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    find("copied").textContent = "Kopierat.";
  });
}

const zone = await readZone();
const all = [NOBODY, ...zone.visitors];
const current = all.find((one) => one.id === chosen) ?? NOBODY;
greet(current);
drawVisitors(all, all.includes(current) ? current : NOBODY);
drawSnippet();
embed(current);
if (zone.mail) {
  find<HTMLAnchorElement>("mail").href = zone.mail;
  find("mailbox").hidden = false;
}
for (const button of document.querySelectorAll("[data-open-chat]")) {
  button.addEventListener("click", () => chat()?.open());
}

export {};
