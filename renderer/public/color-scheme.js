// Before the first paint, so that a dark room is not lit by a white flash. A file of its own: the policy allows no inline script.
(function () {
  var chosen = null;
  try { chosen = window.localStorage.getItem('troupe-color-scheme'); } catch { chosen = null; }
  var dark = chosen === 'dark' || (chosen !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
