// "用手机定位" fills latitude, longitude and accuracy of a site visit; without it they can be typed.
(function () {
  "use strict";
  var button = document.getElementById("visit-here");
  var told = document.getElementById("visit-told");
  if (!button) { return; }
  button.hidden = false;
  function field(name) { return button.closest("form").querySelector("[name='" + name + "']"); }
  button.addEventListener("click", function () {
    if (!navigator.geolocation) { told.textContent = "这台手机不能定位，请填经纬度。"; return; }
    told.textContent = "正在定位……";
    navigator.geolocation.getCurrentPosition(function (found) {
      field("latitude").value = found.coords.latitude.toFixed(6);
      field("longitude").value = found.coords.longitude.toFixed(6);
      field("accuracy_m").value = Math.round(found.coords.accuracy);
      told.textContent = "已定位，误差约 " + Math.round(found.coords.accuracy) + " 米。";
    }, function () {
      told.textContent = "定位没有成功。请允许使用位置，或填经纬度。";
    }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 });
  });
}());
