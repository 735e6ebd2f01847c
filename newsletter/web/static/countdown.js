// Counts down where it says so. The seconds come from the server: practice's clock is not this computer's.
const begun = new Map();

function show(clock, now) {
  const left = Number(clock.dataset.countdown);
  if (begun.get(clock)?.left !== left) begun.set(clock, { left, at: now });
  const seconds = Math.max(0, Math.ceil(left - (now - begun.get(clock).at) / 1000));
  const words = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if (clock.textContent !== words) clock.textContent = words;
}

function tick() {
  const clocks = document.querySelectorAll("[data-countdown]");
  for (const known of begun.keys()) if (!known.isConnected) begun.delete(known);
  for (const clock of clocks) show(clock, performance.now());
}

tick();
setInterval(tick, 250);
