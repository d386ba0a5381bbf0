"use strict";
// Tables marked "sortable": a click on a column's heading sorts by it, a second click the other way round.
for (const table of document.querySelectorAll("table.sortable")) {
  const headings = table.tHead.rows[0].cells;
  for (let column = 0; column < headings.length; column++) {
    const button = headings[column].querySelector("button");
    if (!button) continue;
    button.addEventListener("click", () => {
      const falling = headings[column].getAttribute("aria-sort") === "ascending";
      for (const heading of headings) heading.removeAttribute("aria-sort");
      headings[column].setAttribute("aria-sort", falling ? "descending" : "ascending");
      const key = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
      const numeric = headings[column].classList.contains("number");
      const order = numeric
        ? (a, b) => (parseFloat(key(a)) || 0) - (parseFloat(key(b)) || 0)
        : (a, b) => key(a).localeCompare(key(b));
      const rows = [...table.tBodies[0].rows].sort((a, b) => (falling ? order(b, a) : order(a, b)));
      table.tBodies[0].append(...rows);
    });
  }
}
