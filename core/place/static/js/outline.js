/* Draw a plot by walking or tapping.  The list of points in the text box is the truth: it is sent, and works without this. */
(function () {
  "use strict";
  var box = document.getElementById("walk");
  var text = document.getElementById("corners");
  var plane = document.getElementById("walk-plane");
  if (!box || !text || !plane) return;
  box.hidden = false;
  var told = document.getElementById("walk-told");
  var SIZE = 320, MARGIN = 32, NS = "http://www.w3.org/2000/svg";
  var view = { latitude: 35.142, longitude: 110.775, metres: 200 };

  function corners() {
    return text.value.split(/\n/).map(function (line) {
      var parts = line.trim().split(/[\s,，、]+/).filter(Boolean).map(Number);
      return parts.length === 2 && isFinite(parts[0]) && isFinite(parts[1]) ? parts : null;
    }).filter(Boolean);
  }
  function put(points) {
    text.value = points.map(function (p) { return p[0].toFixed(6) + ", " + p[1].toFixed(6); }).join("\n");
    draw();
  }
  function perLongitude() { return 111320 * Math.cos(view.latitude * Math.PI / 180); }
  function place(p) {
    var scale = (SIZE - 2 * MARGIN) / view.metres;
    return [SIZE / 2 + (p[1] - view.longitude) * perLongitude() * scale, SIZE / 2 - (p[0] - view.latitude) * 110950 * scale];
  }
  function fit(points) {
    if (!points.length) return;
    var lats = points.map(function (p) { return p[0]; }), lons = points.map(function (p) { return p[1]; });
    view.latitude = (Math.min.apply(null, lats) + Math.max.apply(null, lats)) / 2;
    view.longitude = (Math.min.apply(null, lons) + Math.max.apply(null, lons)) / 2;
    var high = (Math.max.apply(null, lats) - Math.min.apply(null, lats)) * 110950;
    var wide = (Math.max.apply(null, lons) - Math.min.apply(null, lons)) * perLongitude();
    view.metres = Math.max(high, wide, 60);
  }
  function area(points) {
    var sum = 0;
    points.forEach(function (p, i) {
      var q = points[(i + 1) % points.length];
      sum += (p[1] - view.longitude) * (q[0] - view.latitude) - (q[1] - view.longitude) * (p[0] - view.latitude);
    });
    return Math.abs(sum / 2) * perLongitude() * 110950;
  }
  function shape(name, attributes, parent) {
    var node = document.createElementNS(NS, name);
    Object.keys(attributes).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    (parent || plane).appendChild(node);
    return node;
  }
  function draw() {
    while (plane.firstChild) plane.removeChild(plane.firstChild);
    var points = corners(), line;
    for (line = 40; line < SIZE; line += 40) {
      shape("path", { d: "M0 " + line + "H" + SIZE + "M" + line + " 0V" + SIZE, "class": "plot-grid" });
    }
    var drawn = points.map(place);
    if (drawn.length) {
      shape(drawn.length > 2 ? "polygon" : "polyline", {
        points: drawn.map(function (p) { return p[0].toFixed(1) + "," + p[1].toFixed(1); }).join(" "),
        "class": drawn.length > 2 ? "plot-shape" : "plot-line"
      });
      var dots = shape("g", { "class": "plot-dots" });
      drawn.forEach(function (p) { shape("circle", { cx: p[0].toFixed(1), cy: p[1].toFixed(1), r: 5 }, dots); });
    }
    told.textContent = points.length < 3 ? "已记下 " + points.length + " 个点，至少要 3 个。"
      : "已记下 " + points.length + " 个点，约 " + (area(points) / 666.67).toFixed(1) + " 亩。";
  }
  document.getElementById("walk-undo").addEventListener("click", function () { put(corners().slice(0, -1)); });
  document.getElementById("walk-here").addEventListener("click", function () {
    if (!navigator.geolocation) { told.textContent = "这台手机不能定位，请在格子里点，或填经纬度。"; return; }
    told.textContent = "正在定位……";
    navigator.geolocation.getCurrentPosition(function (found) {
      var points = corners();
      points.push([found.coords.latitude, found.coords.longitude]);
      fit(points);
      put(points);
      told.textContent += "误差约 " + Math.round(found.coords.accuracy) + " 米。";
    }, function () {
      told.textContent = "定位没有成功。请允许使用位置，或在格子里点，或填经纬度。";
    }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 });
  });
  plane.addEventListener("click", function (event) {
    var frame = plane.getBoundingClientRect();
    var metres = view.metres / (SIZE - 2 * MARGIN) * SIZE / frame.width;
    var east = (event.clientX - frame.left - frame.width / 2) * metres;
    var north = (frame.top + frame.height / 2 - event.clientY) * metres;
    var points = corners();
    points.push([view.latitude + north / 110950, view.longitude + east / perLongitude()]);
    put(points);
  });
  text.addEventListener("input", draw);
  if (box.dataset.latitude) {
    view.latitude = Number(box.dataset.latitude);
    view.longitude = Number(box.dataset.longitude);
  }
  fit(corners());
  draw();
})();
