// What a form of its own asks beside the e-mail: a first name, and which topics.
function asked() {
  const { says, asksName, topics } = given;
  const name = make("input", { id: "name", name: "first_name", type: "text", autocomplete: "given-name", maxlength: "100" });
  const boxes = topics.map(([slug, title]) =>
    make("label", {}, make("input", { type: "checkbox", name: "topics", value: slug }), " ", title));
  return [
    ...(asksName ? [make("label", { for: "name" }, says.name), name] : []),
    ...(topics.length ? [make("fieldset", {}, make("legend", {}, says.question), ...boxes, make("p", {}, says.all))] : []),
  ];
}

function chosen() {
  const own = new FormData(form);
  return { first_name: own.get("first_name") || "", topics: own.getAll("topics").join(",") };
}
