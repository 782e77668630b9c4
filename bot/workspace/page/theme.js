// Light, dark or as the system has it; a classic script, so that the choice is made before the first paint.
"use strict";
(() => {
  const KEY = "workspace-theme";
  const apply = (choice) => {
    if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
    else delete document.documentElement.dataset.theme;
  };
  window.workspaceTheme = {
    get choice() { return localStorage.getItem(KEY) ?? "system"; },
    set choice(value) { localStorage.setItem(KEY, value); apply(value); },
  };
  apply(window.workspaceTheme.choice);
})();
