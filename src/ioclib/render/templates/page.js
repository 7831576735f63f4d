"use strict";
(() => {
  const table = document.querySelector("table.indicators");
  const order = new Intl.Collator("en", { numeric: true });
  const key = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.key === undefined ? cell.textContent.trim() : Number(cell.dataset.key);
  };
  const compare = (one, other) => (typeof one === "number" ? one - other : order.compare(one, other));

  const sort = (heads, head, column) => {
    const now = head.getAttribute("aria-sort");
    const first = head.dataset.sort === "down" ? "descending" : "ascending";
    const next = now === null ? first : now === "ascending" ? "descending" : "ascending";
    const sign = next === "ascending" ? 1 : -1;
    heads.forEach((one) => one.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", next);
    const body = table.tBodies[0];
    const rows = Array.from(body.rows, (row) => [key(row, column), row]);
    rows.sort(([one], [other]) => sign * compare(one, other));
    body.append(...rows.map(([, row]) => row));
  };

  // Without this script the headings are plain text: no button that does nothing
  if (table) {
    const heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach((head, column) => {
      if (!head.dataset.sort) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(heads, head, column));
      head.append(button);
    });
  }

  // On paper nothing can be unfolded
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = Array.from(document.querySelectorAll("details:not([open])"));
    folded.forEach((one) => (one.open = true));
  });
  addEventListener("afterprint", () => folded.forEach((one) => (one.open = false)));
})();
