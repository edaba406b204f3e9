/* The editor of a reply. Enhancement only: without it the form is longer, and what is typed is kept by sending it. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-reply]");
  if (!form) { return; }
  var text = form.elements.text, edition = form.dataset.reply;

  // Of a class B alone something is promised.
  var promise = form.querySelector("[data-reply-promise]");
  function showPromise() {
    var chosen = form.querySelector("input[name=reply_class]:checked");
    promise.hidden = !chosen || chosen.value !== "B";
  }

  // How long it is, and what of the template is still to be filled in.
  var count = form.querySelector("[data-reply-count]"), gaps = form.querySelector("[data-reply-gaps]");
  function measure() {
    count.textContent = count.dataset.replyCount + " " + text.value.length + " / 8000";
    var left = text.value.match(/〔待填：[^〔〕]*〕/g) || [];
    gaps.hidden = !left.length;
    gaps.textContent = gaps.dataset.replyGaps + " " + left.length;
  }

  // The template goes where the cursor stands; nothing that was typed is overwritten.
  var outline = form.querySelector("[data-reply-outline]");
  outline.hidden = false;
  outline.addEventListener("click", function () {
    var template = form.querySelector("[data-reply-template]").textContent;
    text.focus();
    text.setRangeText(template, text.selectionStart, text.selectionStart, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // What was typed stays on this device until it was saved: a closed tab or an ended session loses nothing.
  var key = "draft:" + location.pathname + ":draft", store = null;
  try { store = window.localStorage; store.getItem(key); } catch (refused) { store = null; }
  function fields() {
    return Array.prototype.filter.call(form.elements, function (field) {
      return field.name && field.type !== "hidden" && field.type !== "submit";
    });
  }
  function now() {
    var said = {};
    fields().forEach(function (field) {
      if (field.type !== "radio") { said[field.name] = field.value; } else if (field.checked) { said[field.name] = field.value; }
    });
    return said;
  }
  function put(said) {
    fields().forEach(function (field) {
      if (!(field.name in said)) { return; }
      if (field.type === "radio") { field.checked = field.value === said[field.name]; } else { field.value = said[field.name]; }
    });
  }
  function same(one, other) {
    return JSON.stringify(one).replace(/\\r\\n/g, "\\n") === JSON.stringify(other).replace(/\\r\\n/g, "\\n");
  }
  var served = now();
  if (store) {
    var kept = null;
    try { kept = JSON.parse(store.getItem(key) || "null"); } catch (broken) { kept = null; }
    if (kept && kept.edition === edition && !same(kept.said, served)) {
      put(kept.said);
      var note = document.querySelector("[data-reply-kept]");
      note.hidden = false;
      document.querySelector("[data-reply-drop]").addEventListener("click", function () {
        put(served);
        store.removeItem(key);
        note.hidden = true;
        showPromise();
        measure();
      });
    }
    form.addEventListener("input", function () {
      store.setItem(key, JSON.stringify({ edition: edition, said: now() }));
    });
  }

  // A preview opens beside the editor and is no sending: the draft may be kept right after.
  document.addEventListener("submit", function (event) {
    if (event.submitter && event.submitter.formTarget === "_blank") {
      window.setTimeout(function () { delete form.dataset.sending; }, 0);
    }
  });
  form.addEventListener("change", showPromise);
  form.addEventListener("input", measure);
  showPromise();
  measure();
})();
