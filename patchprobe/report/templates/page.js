"use strict";
// Sorts tables by their headings and shows rows of one verdict; without it the page tells the same.

const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

function keyOf(row, column, isNumber) {
  const cell = row.cells[column];
  const text = cell.dataset.key ?? cell.textContent.trim();
  return isNumber ? parseFloat(text) : text;
}

function compare(a, b, sign) {
  const isMissing = [a, b].map((x) => x === "–" || Number.isNaN(x));
  if (isMissing[0] || isMissing[1]) return isMissing[0] - isMissing[1]; // last, whatever the direction
  return sign * (typeof a === "number" ? a - b : order.compare(a, b));
}

function sortBy(heading) {
  const body = heading.closest("table").tBodies[0];
  const isNumber = heading.classList.contains("number");
  const opposite = { ascending: "descending", descending: "ascending" };
  const direction = opposite[heading.getAttribute("aria-sort")] ?? heading.dataset.first;
  for (const other of heading.parentNode.cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", direction);
  const sign = direction === "ascending" ? 1 : -1;
  const keyed = [...body.rows].map((row) => [keyOf(row, heading.cellIndex, isNumber), row]);
  keyed.sort((a, b) => compare(a[0], b[0], sign));
  body.append(...keyed.map((pair) => pair[1]));
}

function show(verdict, place, told) {
  const rows = [...place.querySelectorAll("tbody tr[data-verdict]")];
  for (const row of rows) row.hidden = verdict !== "" && row.dataset.verdict !== verdict;
  for (const group of place.querySelectorAll("details.group"))
    group.hidden = verdict !== "" && !group.querySelector("tbody tr[data-verdict]:not([hidden])");
  told.value = `${rows.filter((row) => !row.hidden).length} of ${rows.length} rows shown`;
}

function showTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  const filter = target.hidden && target.closest("section").querySelector("select[data-filter]");
  if (filter) {
    filter.value = "";
    filter.dispatchEvent(new Event("change"));
  }
  for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  target.scrollIntoView();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("thead button");
  if (button) sortBy(button.closest("th"));
});
for (const select of document.querySelectorAll("select[data-filter]")) {
  const place = document.getElementById(select.dataset.filter);
  const told = select.closest("p").querySelector("output");
  select.closest("p").hidden = false;
  select.addEventListener("change", () => show(select.value, place, told));
}
addEventListener("hashchange", showTarget);
showTarget();
