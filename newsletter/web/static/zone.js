// Letters arrive at the reader's own hours: hand the browser's time zone over with the form. Without it, the clinic's is used.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const field of document.querySelectorAll('input[name="time_zone"]')) {
  if (!field.value) field.value = zone ?? "";
}

// Where she chooses a zone herself, the browser's own is among the choices, and is named as such.
for (const select of document.querySelectorAll('select[name="time_zone"]')) {
  if (!zone) continue;
  const known = [...select.options].find((option) => option.value === zone);
  const named = `${zone.split("/").pop().replaceAll("_", " ")}, this device`;
  if (known) known.text = named;
  else select.options[0].after(new Option(named, zone));
}
