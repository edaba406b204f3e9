/* The editor of a paper: kept on this device at each key, sent by itself, never over somebody else's text.
   Enhancement only: without it the page is a form with a button. Conservative: old phones inside WeChat run it too. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-paper]");
  if (!form || !window.fetch || !window.URLSearchParams) { return; }

  var DELAY = 5000, RETRY = 15000, PATIENCE = 20000, MOST_ROWS = 20, MOST_SENT = 5;
  var say = form.dataset, key = "paper:" + say.paper, store = null;
  var version = say.version, signed = Number(say.signed), saved, sent = [];
  var touched = {}, busy = null, timer = 0, likeTimer = 0, paused = false, failed = false;
  var state = form.querySelector("[data-state]"), panel = form.querySelector("[data-conflict]");
  var rowsBox = form.querySelector("[data-measures]");
  try { store = window.localStorage; store.getItem(key); } catch (refused) { store = null; }

  // The text as one thing: what is on the page, and what is the same as what.
  function clean(text) { return String(text).replace(/\r\n/g, "\n").trim(); }
  function named(name) { return form.elements[name]; }
  function rows() { return Array.prototype.slice.call(rowsBox.querySelectorAll("[data-row]")); }
  function cells(row) { return Array.prototype.slice.call(row.querySelectorAll("textarea, input")); }
  var texts = Array.prototype.filter.call(form.elements, function (field) {
    return field.name && field.closest("[data-field]") && !rowsBox.contains(field) && field.type !== "checkbox";
  });
  function snapshot() {
    var text = {};
    texts.forEach(function (field) { text[field.name] = clean(field.value); });
    text.also = Array.prototype.filter.call(form.querySelectorAll("[name=also]"), function (box) { return box.checked; })
      .map(function (box) { return box.value; });
    text.by_delegation = named("by_delegation") && named("by_delegation").checked ? "on" : "";
    text.measures = rows().map(function (row) { return cells(row).map(function (cell) { return clean(cell.value); }); })
      .filter(function (row) { return row.join(""); });
    return text;
  }
  function tidy(text) {  // a text from the server or from this device, in the same shape
    var whole = snapshot(), name;
    for (name in whole) {
      if (!(name in text)) { continue; }
      whole[name] = typeof text[name] === "string" ? clean(text[name]) : text[name];
    }
    return whole;
  }
  function same(one, other) { return JSON.stringify(one) === JSON.stringify(other); }
  function fill(text) {
    texts.forEach(function (field) { if (field.name in text) { field.value = text[field.name]; } });
    form.querySelectorAll("[name=also]").forEach(function (box) { box.checked = text.also.indexOf(box.value) >= 0; });
    if (named("by_delegation")) { named("by_delegation").checked = text.by_delegation === "on"; }
    while (rows().length < text.measures.length) { addRow(); }
    rows().forEach(function (row, place) {
      cells(row).forEach(function (cell, column) { cell.value = (text.measures[place] || ["", "", ""])[column]; });
    });
    showRows();
    count();
  }

  // This device first.
  function keep() {
    if (!store) { return; }
    try { store.setItem(key, JSON.stringify({ version: version, at: Date.now(), text: snapshot(), sent: sent })); }
    catch (full) { store = null; }
  }
  function forget() {  // the text; the version stays, so that a page older than it knows that it is
    sent = [];
    if (store) { store.setItem(key, JSON.stringify({ version: version })); }
  }
  function kept() {
    try { return JSON.parse(store.getItem(key)); } catch (broken) { return null; }
  }
  function tell(words, kind) {
    state.textContent = words;
    state.className = "save-state" + (kind ? " " + kind : "");
  }
  function clock() {
    var now = new Date();
    return ("0" + now.getHours()).slice(-2) + ":" + ("0" + now.getMinutes()).slice(-2);
  }

  // Then the server.
  function body(text) {
    var data = new URLSearchParams();
    data.append("csrfmiddlewaretoken", named("csrfmiddlewaretoken").value);
    data.append("version", version);
    Object.keys(text).forEach(function (name) {
      if (name === "measures") {
        text.measures.forEach(function (row) {
          ["action", "actor", "by_when"].forEach(function (column, place) { data.append(column, row[place]); });
        });
      } else if (name === "also") {
        text.also.forEach(function (value) { data.append("also", value); });
      } else if (text[name] || name !== "by_delegation") { data.append(name, text[name]); }
    });
    return data;
  }
  function later(delay) { window.clearTimeout(timer); timer = window.setTimeout(function () { save(false); }, delay); }
  function save(asked) {
    var text = snapshot();
    window.clearTimeout(timer);
    if (paused) { panel.focus(); return Promise.resolve(false); }
    if (busy) { return busy.then(function () { return save(asked); }); }
    if (same(text, saved)) { forget(); settled(); return Promise.resolve(true); }
    if (signed && !asked) { keep(); tell(say.saySigned, "local"); return Promise.resolve(false); }
    sent = sent.concat([text]).slice(-MOST_SENT);
    keep();
    tell(say.saySaving);
    // A network that swallows what is sent says nothing at all: do not wait for it for ever.
    var stop = window.AbortController ? new window.AbortController() : null;
    var patience = window.setTimeout(function () { if (stop) { stop.abort(); } }, PATIENCE);
    busy = window.fetch(say.save, {
      method: "POST", body: body(text), credentials: "same-origin", redirect: "manual",
      signal: stop ? stop.signal : undefined,
      keepalive: document.visibilityState === "hidden"
    }).then(function (answer) {
      if (answer.type === "opaqueredirect") { tell(say.sayLogin, "local"); linkToLogin(); return false; }
      if (answer.status === 403) { tell(say.sayStale, "local"); return false; }
      if (answer.status >= 500 || answer.status === 404) { throw new Error(String(answer.status)); }
      return answer.json().then(function (said) { return judge(answer.status, said, text); });
    }).catch(function () { failed = true; tell(say.sayOffline, "local"); later(RETRY); return false; })
      .then(function (result) { window.clearTimeout(patience); busy = null; return result === "again" ? save(asked) : result; });
    return busy;
  }
  function settled() {  // what was refused before is gone from the page again
    if (!form.querySelector(".errorlist")) { return; }
    showErrors({});
    tell(say.saySaved.replace("TIME", clock()), "good");
  }
  function judge(status, said, text) {
    failed = false;
    if (status === 400) {
      tell(say.sayErrors + "（" + showErrors(said.errors).join("、") + "）", "local");
      return false;
    }
    if (status === 409) {
      if (said.gone) { tell(say.sayGone, "local"); return false; }
      return meet(tidy(said.theirs), said.version) ? "again" : false;
    }
    version = String(said.version);
    named("version").value = version;
    saved = text;
    signed = said.co_signed;
    showErrors({});
    showRemarks(said.remarks);
    showTotal(said.length);
    if (same(snapshot(), saved)) { forget(); } else { keep(); later(DELAY); }
    tell(say.saySaved.replace("TIME", said.time || clock()), "good");
    return true;
  }
  // Another text stands on the server. If it is one that this device sent, only the answer was lost.
  function meet(theirs, newer) {
    var ours = sent.some(function (text) { return same(text, theirs); });
    if (ours || same(theirs, snapshot())) {
      version = String(newer);
      named("version").value = version;
      saved = theirs;
      return true;
    }
    choose(theirs, newer);
    return false;
  }
  function choose(theirs, newer) {
    var mine = snapshot(), box = panel.querySelector("[data-differences]");
    paused = true;
    keep();
    box.replaceChildren();
    Object.keys(mine).forEach(function (name) {
      if (same(mine[name], theirs[name])) { return; }
      var field = form.querySelector("[data-field=" + name + "]"), part = document.createElement("div");
      var title = document.createElement("h3");
      title.textContent = field ? field.dataset.label : name;
      part.appendChild(title);
      [[box.dataset.mine, mine[name]], [box.dataset.other, theirs[name]]].forEach(function (side) {
        var quote = document.createElement("div"), whose = document.createElement("b"), words = document.createElement("p");
        quote.className = "quote";
        whose.textContent = side[0];
        words.textContent = shown(name, side[1]) || box.dataset.empty;
        quote.appendChild(whose);
        quote.appendChild(words);
        part.appendChild(quote);
      });
      box.appendChild(part);
    });
    panel.hidden = false;
    panel.querySelector("button[data-mine]").onclick = function () { settle(theirs, newer, snapshot()); };
    panel.querySelector("button[data-theirs]").onclick = function () { settle(theirs, newer, theirs); };
    panel.focus();
    panel.scrollIntoView();
  }
  function shown(name, value) {
    if (name === "measures") { return value.map(function (row) { return row.join("　"); }).join("\n"); }
    if (name === "also") { return value.join("、"); }
    var field = named(name), chosen = field && field.options &&
      Array.prototype.filter.call(field.options, function (option) { return option.value === value; })[0];
    return chosen ? chosen.textContent : value;
  }
  function settle(theirs, newer, text) {
    panel.hidden = true;
    paused = false;
    version = String(newer);
    named("version").value = version;
    saved = theirs;
    fill(text);
    if (same(snapshot(), saved)) { forget(); tell(say.saySaved.replace("TIME", clock()), "good"); } else { save(true); }
  }
  function linkToLogin() {
    var link = document.createElement("a");
    link.href = say.login;
    link.textContent = "→";
    state.appendChild(document.createTextNode(" "));
    state.appendChild(link);
  }

  // What the page says about the text.
  function showErrors(errors) {
    form.querySelectorAll(".errorlist").forEach(function (list) { list.remove(); });
    return Object.keys(errors).map(function (name) {
      var field = form.querySelector("[data-field=" + name + "]"), fold = field && field.closest("details");
      if (!field) { return errors[name].join(" "); }
      if (fold) { fold.open = true; }
      var list = document.createElement("ul");
      list.className = "errorlist";
      errors[name].forEach(function (text) {
        var line = document.createElement("li");
        line.textContent = text;
        list.appendChild(line);
      });
      field.querySelector("label, legend").insertAdjacentElement("afterend", list);
      return field.dataset.label;
    });
  }
  function showRemarks(remarks) {  // of fields he has been at: nobody is told what he has not come to yet
    form.querySelectorAll("[data-remarks]").forEach(function (list) {
      var field = list.closest("[data-field]"), name = list.dataset.remarks;
      var found = touched[name] || field.querySelector(".remarks li") ? remarks[name] || [] : [];
      list.replaceChildren();
      list.hidden = !found.length;
      found.forEach(function (one) {
        var line = document.createElement("li");
        line.className = one.level;
        line.textContent = one.text;
        list.appendChild(line);
      });
    });
  }
  function showTotal(length) {
    var total = form.querySelector("[data-total]");
    total.textContent = total.dataset.say.replace("N", length);
  }
  function count() {
    form.querySelectorAll("textarea").forEach(function (field) {
      if (rowsBox.contains(field)) { return; }
      var note = field.parentNode.querySelector(".count");
      if (!note) {
        note = document.createElement("p");
        note.className = "count muted";
        field.insertAdjacentElement("afterend", note);
      }
      var length = field.value.replace(/\s/g, "").length;
      note.textContent = length ? say.sayCount.replace("N", length) : "";
    });
  }
  function alike() {
    var data = new URLSearchParams();
    if (clean(named("title").value).length < 4) { return; }
    data.append("csrfmiddlewaretoken", named("csrfmiddlewaretoken").value);
    data.append("title", named("title").value);
    data.append("text", named("grounds").value + named("root_cause").value);
    window.fetch(say.alike, { method: "POST", body: data, credentials: "same-origin", redirect: "manual" })
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (page) {
        var made = new DOMParser().parseFromString(page, "text/html").body;
        form.querySelector("[data-alike-list]").replaceChildren.apply(
          form.querySelector("[data-alike-list]"), Array.prototype.slice.call(made.childNodes));
      }).catch(function () { return undefined; });
  }

  // Rows of measures.
  function addRow() {
    var all = rows(), fresh = all[0].cloneNode(true);
    cells(fresh).forEach(function (cell) { cell.value = ""; });
    all[all.length - 1].insertAdjacentElement("afterend", fresh);
    return fresh;
  }
  function isEmpty(row) { return !cells(row).some(function (cell) { return cell.value.trim(); }); }
  function showRows() {
    rows().slice(1).reverse().every(function (row) {  // empty rows at the end wait until they are asked for
      row.hidden = isEmpty(row);
      return row.hidden;
    });
    number();
  }
  function number() {
    var seen = rows().filter(function (row) { return !row.hidden; });
    seen.forEach(function (row, place) {
      row.querySelector(".measure-no").textContent = say.sayRow.replace("N", place + 1);
      row.querySelector("[data-remove]").hidden = seen.length < 2;
    });
    rowsBox.querySelector("[data-add]").hidden = seen.length >= MOST_ROWS;
  }
  rowsBox.addEventListener("click", function (event) {
    var row;
    if (event.target.closest("[data-add]")) {
      row = rows().filter(function (one) { return one.hidden; })[0] || addRow();
      row.hidden = false;
      number();
      cells(row)[0].focus();
    } else if (event.target.closest("[data-remove]")) {
      row = event.target.closest("[data-row]");
      row.remove();
      number();
      changed();
      rowsBox.querySelector("[data-add]").focus();
    }
  });

  function changed() {
    keep();
    if (paused) { return; }
    if (signed) { tell(say.saySigned, "local"); return; }
    tell(failed ? say.sayOffline : say.sayLocal, "local");
    later(DELAY);
  }
  form.addEventListener("input", function (event) {
    changed();
    count();
    if (event.target.name === "title") { window.clearTimeout(likeTimer); likeTimer = window.setTimeout(alike, 1200); }
  });
  form.addEventListener("change", changed);
  form.addEventListener("focusout", function (event) {
    var field = event.target.closest("[data-field]");
    if (!field) { return; }
    touched[field.dataset.field] = true;
    if (!same(snapshot(), saved)) { save(false); }
  });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden" && !same(snapshot(), saved)) { save(false); }
  });
  window.addEventListener("online", function () { if (!same(snapshot(), saved)) { save(false); } });
  window.addEventListener("offline", function () { failed = true; if (!same(snapshot(), saved)) { tell(say.sayOffline, "local"); } });
  var pressed = "stay";  // older phones do not say which button sent the form
  form.addEventListener("click", function (event) {
    var button = event.target.closest("button[name=then]");
    if (button) { pressed = button.value; }
  });
  form.addEventListener("submit", function (event) {
    var then = pressed;
    pressed = "stay";
    event.preventDefault();
    save(true).then(function (done) {
      if (!done) { return; }
      if (then === "check") { window.location.assign(form.dataset.save.replace("/save/", "/submit/")); }
      if (then === "sign") { window.location.assign(form.dataset.save.replace("/save/", "/sign/")); }
    });
  });

  // At the start: is there something on this device that the server has not seen?
  showRows();
  count();
  saved = snapshot();
  (function () {
    var local = store && kept();
    if (local && Number(local.version) > Number(version)) {  // drawn before the last text reached the server
      store.removeItem(key);
      if (!local.text) { window.location.reload(); return; }
    }
    if (!local || !local.text) { return; }
    var text = tidy(local.text);
    sent = (local.sent || []).map(tidy);
    if (same(text, saved)) { forget(); return; }
    var theirs = saved;
    fill(text);
    if (String(local.version) === version || sent.some(function (one) { return same(one, theirs); })) {
      tell(say.sayBack, "local");
      if (signed) { tell(say.saySigned, "local"); } else { later(300); }
    } else { choose(theirs, version); }
  })();
})();
