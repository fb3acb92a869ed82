/* Redraws [data-chart] with ECharts where it is loaded; the server's SVG and the table stay without it. */
(function () {
  "use strict";
  function css(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }
  function hatch() {
    return {
      color: css("--sheet"),
      borderColor: css("--jujube"),
      borderWidth: 1,
      decal: { symbol: "rect", rotation: 0.785, dashArrayX: [1, 0], dashArrayY: [3, 4], color: css("--jujube") }
    };
  }
  var BARS = ["--jujube", "--chart-leaf", "--chart-sushui"];
  var LINES = ["--gold", "--chart-leaf", "--chart-sushui"];
  function series(item, data, bars, lines) {
    var last = -1;
    item.values.forEach(function (v, i) {
      if (v !== null && data.provisional.indexOf(data.labels[i]) < 0) last = i;
    });
    var line = item.kind === "line";
    var tone = css(LINES[Math.max(0, lines.indexOf(item)) % LINES.length]);
    return {
      name: item.name,
      type: item.kind,
      connectNulls: false,
      symbol: "circle",
      symbolSize: 8,
      lineStyle: { width: 2.5, color: tone },
      itemStyle: line ? { color: css("--sheet"), borderColor: tone, borderWidth: 2.5 } : { color: css(BARS[bars.indexOf(item) % BARS.length]) },
      barMaxWidth: 44,
      data: item.values.map(function (v, i) {
        var loose = data.provisional.indexOf(data.labels[i]) >= 0;
        var point = { value: v };
        if (loose && !line) point.itemStyle = hatch();
        point.label = { show: !line && (i === last || loose), position: v < 0 ? "bottom" : "top", fontWeight: loose ? 400 : 700,
          color: css("--ink"), formatter: loose ? data.provisionalWord : "{c}" };
        return point;
      })
    };
  }
  function draw(box) {
    var data = JSON.parse(box.getAttribute("data-chart"));
    var bars = data.series.filter(function (s) { return s.kind === "bar"; });
    var lines = data.series.filter(function (s) { return s.kind === "line"; });
    var height = box.clientHeight;
    box.textContent = "";
    box.classList.add("chart-live");
    var chart = window.echarts.init(box, null, { renderer: "svg", height: Math.max(height, 240) });
    chart.setOption({
      animation: false,
      aria: { enabled: true, decal: { show: false } },
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: css("--ink-2") },
      grid: { left: 52, right: 8, top: data.series.length > 1 ? 44 : 28, bottom: 34 },
      legend: { show: data.series.length > 1, top: 0, left: 44, textStyle: { color: css("--ink") } },
      tooltip: { trigger: "axis", confine: true, renderMode: "richText" },
      xAxis: { type: "category", data: data.labels, axisTick: { show: false }, axisLine: { lineStyle: { color: css("--edge") } },
        axisLabel: { color: css("--ink-2") } },
      yAxis: { type: "value", min: data.bottom, max: data.top, interval: data.step, splitLine: { lineStyle: { color: css("--line") } },
        axisLabel: { color: css("--ink-2") } },
      series: data.series.map(function (s) { return series(s, data, bars, lines); })
    });
    window.addEventListener("resize", function () { chart.resize(); });
  }
  document.addEventListener("DOMContentLoaded", function () {
    if (!window.echarts) return;
    document.querySelectorAll("[data-chart]").forEach(draw);
  });
})();
