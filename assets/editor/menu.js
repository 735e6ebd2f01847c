// A small menu for the keyboard and the pointer: arrows, first letters, Escape, and the focus back where it was.

let closeOpen = () => {};

/** Opens `items` ({label, run, keys}) in `holder` at `place` ({top, left}); `unused` hears that nothing was chosen. */
export function openMenu(holder, label, items, place, unused = () => {}) {
  closeOpen();
  const menu = document.createElement("div");
  menu.className = "menu";
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-label", label);
  const buttons = items.map((item) => button(item, () => close(item.run)));
  menu.append(...buttons);
  holder.append(menu);
  menu.style.top = `${place.top}px`;
  menu.style.left = `${Math.max(0, Math.min(place.left, holder.clientWidth - menu.offsetWidth))}px`;

  function close(then = unused) {
    if (!menu.isConnected) return;
    document.removeEventListener("pointerdown", elsewhere, true);
    closeOpen = () => {};
    menu.remove();
    then();
  }
  const elsewhere = (event) => menu.contains(event.target) || close(() => {});
  closeOpen = () => close(() => {});
  document.addEventListener("pointerdown", elsewhere, true);
  menu.addEventListener(
    "focusout",
    (event) => event.relatedTarget && !menu.contains(event.relatedTarget) && close(() => {}),
  );
  menu.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const to = next(event.key, at, buttons);
    if (event.key === "Escape" || event.key === "Tab") close();
    else if (to === undefined) return;
    else buttons[to].focus();
    event.preventDefault();
    event.stopPropagation();
  });
  buttons[0].focus();
}

function next(key, at, buttons) {
  const many = buttons.length;
  const moves = { ArrowDown: (at + 1) % many, ArrowUp: (at + many - 1) % many, Home: 0, End: many - 1 };
  if (key in moves) return moves[key];
  if (key.length !== 1 || key === " ") return undefined;
  const order = buttons.map((_, step) => (at + 1 + step) % many);
  return order.find((each) => buttons[each].textContent.toLowerCase().startsWith(key.toLowerCase()));
}

function button({ label, keys }, run) {
  const made = document.createElement("button");
  made.type = "button";
  made.setAttribute("role", "menuitem");
  made.tabIndex = -1;
  made.textContent = label;
  if (keys) {
    const hint = document.createElement("kbd");
    hint.textContent = keys;
    hint.setAttribute("aria-hidden", "true");
    made.append(hint);
  }
  made.addEventListener("click", run);
  return made;
}
