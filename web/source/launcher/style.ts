// The launcher's style sheet.

export const STYLE = `
:host{all:initial;--accent:#0f5c5c;--gap:20px;position:fixed;z-index:2147483000;inset:auto var(--gap) var(--gap) auto;color-scheme:normal}
:host([data-left]){inset:auto auto var(--gap) var(--gap)}
button{all:unset;box-sizing:border-box;position:relative;display:grid;place-items:center;width:60px;height:60px;border-radius:50%;background:var(--accent);color:#fff;cursor:pointer;box-shadow:0 1px 2px #0d1f2433,0 8px 24px #0d1f2440;transition:transform .15s}
button:hover{transform:translateY(-2px)}
button:focus-visible{outline:3px solid var(--accent);outline-offset:3px;box-shadow:0 0 0 3px #fff}
svg{width:28px;height:28px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linejoin:round}
.badge{position:absolute;top:-4px;right:-4px;min-width:24px;height:24px;box-sizing:border-box;padding:0 6px;border-radius:12px;background:#b3261e;color:#fff;font:700 13px/24px system-ui,sans-serif;text-align:center;box-shadow:0 0 0 2px #fff}
.said{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
[hidden]{display:none!important}
iframe{border:0;position:fixed;right:var(--gap);bottom:calc(var(--gap) + 76px);width:408px;height:min(700px,100dvh - 116px);border-radius:18px;background:#f6f5f2;box-shadow:0 0 0 1px #0d1f2414,0 16px 48px #0d1f2438}
:host([data-left]) iframe{right:auto;left:var(--gap)}
@media (prefers-color-scheme:dark){iframe{background:#141b1e}}
@media (max-width:520px),(max-height:480px){:host{--gap:16px}iframe,:host([data-left]) iframe{inset:0;width:100%;height:100dvh;border-radius:0}:host([data-open]) button{display:none}}
@media (prefers-reduced-motion:reduce){button{transition:none}}
@media print{:host{display:none}}
`;
