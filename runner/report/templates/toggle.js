(function () {
  var button = document.getElementById("toggle-code");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", function () {
    var show = button.getAttribute("aria-pressed") !== "true";
    document.querySelectorAll("details.code").forEach(function (part) { part.open = show; });
    button.setAttribute("aria-pressed", String(show));
    button.textContent = show ? "Hide all code" : "Show all code";
  });
})();
