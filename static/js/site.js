/* Enhancement only: every page works without it. */
(function () {
  "use strict";
  // What was typed survives a closed tab or a lost connection, on this device, until the form was sent.
  document.querySelectorAll("form[data-keep]").forEach(function (form) {
    var key = "draft:" + location.pathname + ":" + form.dataset.keep, store;
    try { store = window.localStorage; store.getItem(key); } catch (refused) { return; }
    var fields = form.querySelectorAll("textarea, select, input[type=text]");
    var saved = JSON.parse(store.getItem(key) || "{}");
    fields.forEach(function (field) {
      if (!field.value && saved[field.name]) { field.value = saved[field.name]; }
      field.addEventListener("input", function () {
        saved[field.name] = field.value;
        store.setItem(key, JSON.stringify(saved));
      });
    });
    form.addEventListener("submit", function () { store.setItem(key + ":sent", "1"); });
  });
  document.querySelectorAll("[data-drop-draft]").forEach(function (mark) {
    try { window.localStorage.removeItem("draft:" + mark.dataset.dropDraft); } catch (refused) { return; }
  });
  // A second click does nothing twice.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.dataset.sending) { event.preventDefault(); return; }
    form.dataset.sending = "1";
    window.setTimeout(function () { delete form.dataset.sending; }, 8000);
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sending]").forEach(function (form) { delete form.dataset.sending; });
  });
})();
