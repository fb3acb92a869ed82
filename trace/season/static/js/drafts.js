/* Lines written without a net stay in this browser and are sent once it is back.
   Each carries its own key: the server stores a key once, so sending twice does no harm.  Without this the form works as it is. */
(function () {
  "use strict";
  var box = document.getElementById("drafts");
  var form = document.querySelector("main form[method=post].stack");
  if (!box || !form || !window.indexedDB || !window.fetch) return;
  var told = document.getElementById("drafts-told"), list = document.getElementById("drafts-list");
  var typing = "yidun-typing:" + location.pathname, sending = false, timer = 0;

  function newKey() {
    var b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64;
    b[8] = (b[8] & 63) | 128;
    var hex = Array.prototype.map.call(b, function (x) { return ("0" + x.toString(16)).slice(-2); }).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }
  function store(mode, work) {
    return new Promise(function (resolve, reject) {
      var opening = indexedDB.open("yidun-journal", 1);
      opening.onupgradeneeded = function () { opening.result.createObjectStore("drafts", { keyPath: "key" }); };
      opening.onerror = function () { reject(opening.error); };
      opening.onsuccess = function () {
        var db = opening.result, change = db.transaction("drafts", mode), asked = work(change.objectStore("drafts"));
        change.oncomplete = function () { db.close(); resolve(asked && asked.result); };
        change.onabort = change.onerror = function () { db.close(); reject(change.error); };
      };
    });
  }
  function put(draft) { return store("readwrite", function (s) { return s.put(draft); }); }
  function drop(key) { return store("readwrite", function (s) { return s.delete(key); }); }
  function mine() {
    return store("readonly", function (s) { return s.getAll(); }).then(function (all) {
      return all.filter(function (d) { return d.owner === box.dataset.owner; })
        .sort(function (a, b) { return a.at - b.at; });
    });
  }
  function remember(name, value) { try { localStorage.setItem(name, value); } catch (error) { /* full or refused */ } }
  function recall(name) { try { return localStorage.getItem(name); } catch (error) { return null; } }
  function forget(name) { try { localStorage.removeItem(name); } catch (error) { /* refused */ } }
  function fields() {
    var found = [];
    new FormData(form).forEach(function (value, name) {
      if (name !== "csrf_token" && name !== "version" && name !== "once") found.push([name, value]);
    });
    return found;
  }
  function fill(values) {
    values.forEach(function (pair) {
      var field = form.elements[pair[0]];
      if (!field || pair[1] instanceof Blob) return;
      if (field instanceof RadioNodeList) field.value = pair[1];
      else if (field.type === "checkbox") field.checked = true;
      else if (field.type !== "file") field.value = pair[1];
    });
  }
  function name(draft) {
    var by = {};
    draft.values.forEach(function (pair) { by[pair[0]] = pair[1]; });
    return draft.code + "，" + draft.label + "，" + (by.done_on || "") + " " + (by.input_name || by.summary || "");
  }
  function button(label, press) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "btn-y b-outline b-small";
    made.textContent = label;
    made.addEventListener("click", press);
    return made;
  }
  function show(message) {
    return mine().then(function (drafts) {
      list.textContent = "";
      box.hidden = !drafts.length && !message;
      told.textContent = message || (drafts.length + " 条记在手机里，还没有发出。");
      document.getElementById("drafts-send").hidden = !drafts.length;
      drafts.forEach(function (draft) {
        var row = document.createElement("li"), words = document.createElement("span");
        words.textContent = name(draft) + (draft.fault ? "。发不出：" + draft.fault : "");
        row.appendChild(words);
        if (draft.fault) {
          if (draft.send === box.dataset.send) row.appendChild(button("放回表里改", function () {
            fill(draft.values);
            drop(draft.key).then(function () { show(); form.scrollIntoView(); });
          }));
          row.appendChild(button("删去", function () { drop(draft.key).then(function () { show(); }); }));
        }
        list.appendChild(row);
      });
      return drafts;
    });
  }
  /* Resolves to {sent, known} or {fault}; rejects where there is no net or the server is away. */
  function send(draft) {
    return fetch(box.dataset.token, { headers: { Accept: "application/json" }, cache: "no-store" }).then(function (answer) {
      if (answer.redirected || !answer.ok) throw new Error("signed out");
      return answer.json();
    }).then(function (given) {
      if (given.owner !== draft.owner) throw new Error("another person");
      var data = new FormData();
      data.append("csrf_token", given.token);
      data.append("once", draft.key);
      draft.values.forEach(function (pair) { data.append(pair[0], pair[1]); });
      return fetch(draft.send, { method: "POST", body: data, headers: { Accept: "application/json" } });
    }).then(function (answer) {
      if (answer.status === 422 || answer.status === 400 || answer.status === 404 || answer.status === 409) {
        return answer.json().catch(function () { return {}; }).then(function (said) {
          return { fault: (said.faults || [said.detail || "服务器没有收下"]).join(" ") };
        });
      }
      if (!answer.ok) throw new Error("away");
      return answer.json();
    });
  }
  function sendAll() {
    if (sending) return Promise.resolve();
    sending = true;
    var sent = 0;
    return mine().then(function (drafts) {
      return drafts.filter(function (d) { return !d.fault; }).reduce(function (before, draft) {
        return before.then(function () {
          return send(draft).then(function (said) {
            if (said.fault) { draft.fault = said.fault; return put(draft); }
            sent += 1;
            return drop(draft.key);
          });
        });
      }, Promise.resolve());
    }).then(function () { sending = false; return show(sent ? sent + " 条已发出。" : ""); }, function () {
      sending = false;
      return show();
    });
  }
  form.addEventListener("input", function () { remember(typing, JSON.stringify(fields().filter(function (p) { return !(p[1] instanceof Blob); }))); });
  form.addEventListener("submit", function (event) {
    var draft = {
      key: form.elements.once.value, owner: box.dataset.owner, at: Date.now(), send: box.dataset.send, code: box.dataset.code,
      label: box.dataset.label, values: fields().filter(function (p) { return !(p[1] instanceof File) || p[1].size; })
    };
    event.preventDefault();
    put(draft).then(function () { return send(draft); }).then(function (said) {
      return drop(draft.key).then(function () {
        if (said.fault) { form.submit(); return; }
        forget(typing);
        location.assign(box.dataset.done);
      });
    }).catch(function () {
      forget(typing);
      form.reset();
      form.elements.once.value = newKey();
      show("没有网，已经记在手机里。有网时自动发出，不要清除浏览器数据。").then(function () { box.scrollIntoView(); });
    });
  });
  document.getElementById("drafts-send").addEventListener("click", sendAll);
  window.addEventListener("online", sendAll);
  var left = recall(typing);
  if (left && !location.search && !form.querySelector(".bad")) {
    try { fill(JSON.parse(left)); } catch (error) { forget(typing); }
  }
  mine().then(function (drafts) {
    if (drafts.length) { show(); sendAll(); }
    timer = window.setInterval(function () { mine().then(function (d) { if (d.some(function (x) { return !x.fault; })) sendAll(); }); }, 30000);
  });
  window.addEventListener("pagehide", function () { window.clearInterval(timer); });
})();
