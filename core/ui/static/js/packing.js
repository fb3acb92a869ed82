/* Packing station: every scan gets a key and waits in localStorage until the server answered it, so nothing is lost when the
   network is away and nothing is done twice when it comes back.  Hand scanners type into the field and press Enter. */
(function () {
  "use strict";
  var root = document.querySelector("[data-station]");
  if (!root) return;
  var form = root.querySelector("[data-form]");
  if (!form) return;
  var field = form.querySelector("[name=code]");
  var store = "yidun-packing-" + root.dataset.box;
  var busy = false;
  var audio = null;
  var last = null;

  function part(name) {
    return root.querySelector("[data-" + name + "]");
  }
  function load() {
    try {
      return JSON.parse(localStorage.getItem(store) || "[]");
    } catch (e) {
      return [];
    }
  }
  function save(queue) {
    try {
      localStorage.setItem(store, JSON.stringify(queue));
    } catch (e) {
      /* storage is full or forbidden: the scan still goes out below */
    }
    memory = queue;
  }
  var memory = load();

  function key() {
    if (window.crypto && crypto.randomUUID) return crypto.randomUUID();
    var bytes = new Uint8Array(16);
    crypto.getRandomValues(bytes);
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    var hex = Array.prototype.map.call(bytes, function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
    return hex.slice(0, 8) + "-" + hex.slice(8, 12) + "-" + hex.slice(12, 16) + "-" + hex.slice(16, 20) + "-" + hex.slice(20);
  }
  function beep(good) {
    var Kind = window.AudioContext || window.webkitAudioContext;
    if (!Kind) return;
    try {
      audio = audio || new Kind();
      var tone = audio.createOscillator();
      var volume = audio.createGain();
      tone.frequency.value = good ? 1320 : 220;
      tone.type = good ? "sine" : "square";
      volume.gain.value = 0.2;
      tone.connect(volume);
      volume.connect(audio.destination);
      tone.start();
      tone.stop(audio.currentTime + (good ? 0.12 : 0.5));
    } catch (e) {
      /* silent where the browser allows no sound before a touch */
    }
    if (!good && navigator.vibrate) navigator.vibrate([120, 60, 120]);
  }
  function state(kind, word, note) {
    part("state").className = "pack-state s-" + kind;
    part("word").textContent = word;
    part("note").textContent = note || "";
  }
  function line(kind, word, note) {
    var item = document.createElement("li");
    item.className = "s-" + kind;
    var strong = document.createElement("b");
    strong.textContent = word;
    var small = document.createElement("span");
    small.className = "note";
    small.textContent = note;
    item.appendChild(strong);
    item.appendChild(small);
    part("list").insertBefore(item, part("list").firstChild);
    while (part("list").children.length > 12) part("list").removeChild(part("list").lastChild);
  }
  function waiting() {
    var box = part("waiting");
    box.hidden = !memory.length;
    box.textContent = memory.length ? memory.length + " 次扫描等着上传，先别关这一页" : "";
  }
  function token() {
    return form.querySelector("[name=csrf_token]").value;
  }
  function renew() {
    return fetch(root.dataset.here, { credentials: "same-origin" }).then(function (answer) {
      return answer.text();
    }).then(function (text) {
      var page = new DOMParser().parseFromString(text, "text/html");
      var fresh = page.querySelector("[data-form] [name=csrf_token]");
      if (!fresh) throw new Error("signed out");
      form.querySelector("[name=csrf_token]").value = fresh.value;
    });
  }
  function send(scan, again) {
    var body = new URLSearchParams({ key: scan.key, verb: scan.verb, code: scan.code, csrf_token: token() });
    return fetch(root.dataset.url, {
      method: "POST", body: body, credentials: "same-origin", headers: { Accept: "application/json" }
    }).then(function (answer) {
      return answer.json().then(function (data) {
        if (data.code === "form.expired" && !again) return renew().then(function () { return send(scan, true); });
        return { status: answer.status, data: data };
      });
    });
  }
  function told(scan, answer) {
    var data = answer.data;
    if (answer.status < 300) {
      part("count").textContent = data.count;
      last = scan.verb === "add" ? scan.code : null;
      part("undo").hidden = !last;
      state("ok", data.full ? "满了，封箱" : data.message, data.thing);
      line("ok", data.message + " " + data.thing, data.count + " / " + data.capacity);
      beep(true);
      if (data.closed) window.location.reload();
      return;
    }
    state("bad", data.detail || "没有办成", data.help || "");
    line("bad", data.detail || "没有办成", scan.code.slice(-20));
    beep(false);
  }
  function work() {
    if (busy || !memory.length) return waiting();
    busy = true;
    var scan = memory[0];
    send(scan, false).then(function (answer) {
      busy = false;
      if (answer.status >= 500 || answer.status === 429) return later();
      if (answer.status === 401) {
        state("bad", "登录过期了", "另开一页登录，再回来；扫过的都还在。");
        return later();
      }
      save(memory.slice(1));
      told(scan, answer);
      waiting();
      work();
    }).catch(function () {
      busy = false;
      later();
    });
  }
  function later() {
    waiting();
    state("wait", "没有网，先存着", "接着扫，有网以后自动上传。");
    setTimeout(work, 4000);
  }
  function take(code, verb) {
    var text = code.trim();
    if (!text && verb !== "close") return;
    save(memory.concat([{ key: key(), verb: verb, code: text }]));
    state("wait", "收到", text.slice(-20));
    waiting();
    work();
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    take(field.value, "add");
    field.value = "";
    field.focus();
  });
  part("close").addEventListener("submit", function (event) {
    event.preventDefault();
    take("", "close");
  });
  part("takeout").addEventListener("submit", function (event) {
    event.preventDefault();
    var out = event.target.querySelector("[name=code]");
    take(out.value, "remove");
    out.value = "";
    field.focus();
  });
  var pictures = part("photo");
  var photoKey = "";
  if (pictures) {
    var picture = pictures.querySelector("[name=photo]");
    pictures.classList.add("s-auto");
    picture.addEventListener("change", function () {
      photoKey = key(); /* a photo sent again after a broken line keeps its key: nothing is packed twice */
      photograph(picture, false);
    });
    pictures.addEventListener("submit", function (event) {
      event.preventDefault();
      photograph(picture, false);
    });
  }
  function photograph(input, again) {
    if (!input.files.length) return;
    var body = new FormData();
    body.append("photo", input.files[0]);
    body.append("key", photoKey);
    body.append("csrf_token", token());
    pictures.classList.remove("s-auto");
    var button = pictures.querySelector("button");
    button.disabled = true;
    state("wait", "正在认码", "");
    fetch(pictures.action, {
      method: "POST", body: body, credentials: "same-origin", headers: { Accept: "application/json" }
    }).then(function (answer) {
      return answer.json().then(function (data) {
        if (data.code === "form.expired" && !again) return renew().then(function () { photograph(input, true); });
        button.disabled = false;
        pictures.classList.add("s-auto");
        if (answer.status >= 300) {
          state("bad", data.detail || "没有办成", data.help || "");
          beep(false);
          input.value = "";
          return;
        }
        var wrong = 0;
        data.results.forEach(function (one) {
          if (one.state === "bad") wrong += 1;
          line(one.state === "bad" ? "bad" : "ok", one.message, one.state === "bad" ? one.code + " " + one.note : one.note);
        });
        part("count").textContent = data.count;
        state(wrong ? "bad" : "ok", data.full ? "满了，封箱" : "装入 " + data.added + " 件", wrong ? wrong + " 个码没有装，看下面" : "");
        beep(!wrong);
        input.value = "";
      });
    }).catch(function () {
      button.disabled = false;
      state("bad", "没有传上去", "网络好了再点一次，不会重复装。");
      beep(false);
    });
  }
  part("undo").addEventListener("click", function () {
    if (last) take(last, "remove");
    last = null;
    part("undo").hidden = true;
    field.focus();
  });
  window.addEventListener("online", work);
  window.addEventListener("beforeunload", function (event) {
    if (memory.length) event.preventDefault();
  });

  /* the camera, where the browser reads codes by itself */
  var button = part("camera");
  var video = part("video");
  var seen = {};
  if (button && "BarcodeDetector" in window && navigator.mediaDevices) {
    BarcodeDetector.getSupportedFormats().then(function (formats) {
      button.hidden = formats.indexOf("qr_code") < 0;
      part("nocamera").hidden = !button.hidden;
    }).catch(function () {
      /* the note stays: no reader behind the name */
    });
    button.addEventListener("click", function () {
      if (video.srcObject) {
        video.srcObject.getTracks().forEach(function (track) { track.stop(); });
        video.srcObject = null;
        video.hidden = true;
        button.textContent = "用相机扫";
        return;
      }
      navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).then(function (stream) {
        video.srcObject = stream;
        video.hidden = false;
        button.textContent = "关相机";
        return video.play();
      }).then(function () {
        var reader = new BarcodeDetector({ formats: ["qr_code", "code_128"] });
        (function look() {
          if (!video.srcObject) return;
          reader.detect(video).then(function (codes) {
            codes.forEach(function (code) {
              var now = Date.now();
              if (seen[code.rawValue] && now - seen[code.rawValue] < 4000) return;
              seen[code.rawValue] = now;
              take(code.rawValue, "add");
            });
          }).catch(function () {}).then(function () { setTimeout(look, 150); });
        })();
      }).catch(function () {
        state("bad", "相机打不开", "在浏览器里允许使用相机，或用扫码枪、手输。");
      });
    });
  }
  waiting();
  work();
})();
