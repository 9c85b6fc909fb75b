// Sets the theme before the first paint; a file of its own because the page allows no inline script.
(function (root) {
  var choice = "system";
  try {
    choice = localStorage.getItem("frontdesk.theme") || "system";
  } catch {
    // Storage is closed to us: follow the system.
  }
  var dark = choice === "dark" || (choice === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "dark" : "light";
  root.dataset.mantineColorScheme = root.dataset.theme;
})(document.documentElement);
