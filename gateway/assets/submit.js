// The page acts by POST; link previews that only fetch it run no script and burn nothing.
document.getElementById("onward").requestSubmit();
