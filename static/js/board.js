/* The office's board: a card goes only to columns its own table has a step for; dropping it opens that step. */
"use strict";
(() => {
  let held = null;
  const name = (column) => "to" + column.dataset.column.replace(/^./, (letter) => letter.toUpperCase());
  document.querySelectorAll(".lo-paper[draggable]").forEach((card) => {
    card.addEventListener("dragstart", (event) => {
      held = card;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
      document.querySelectorAll(".lo-column").forEach((column) => column.classList.toggle("open", name(column) in card.dataset));
    });
    card.addEventListener("dragend", () => {
      held = null;
      document.querySelectorAll(".lo-column").forEach((column) => column.classList.remove("open"));
    });
  });
  document.querySelectorAll(".lo-column").forEach((column) => {
    column.addEventListener("dragover", (event) => {
      if (held && name(column) in held.dataset) event.preventDefault();
    });
    column.addEventListener("drop", (event) => {
      if (!held || !(name(column) in held.dataset)) return;
      event.preventDefault();
      window.location.assign(held.dataset[name(column)]);
    });
  });
})();
