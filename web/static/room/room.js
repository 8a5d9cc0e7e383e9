// The board renews itself: every ten seconds its part of the page is fetched and put in place. So
// does, more often, the page of a document that is still being read, until it says it is settled.
// Everything works without this file.
(function () {
  "use strict";
  var board = document.querySelector("[data-live]");
  var last = "";
  function renew() {
    if (document.hidden) return;
    var busy = board.contains(document.activeElement) && document.activeElement !== document.body;
    var open = board.querySelector("details[open]");
    if (busy || open) return;
    fetch(board.dataset.live, { headers: { "X-Requested-With": "room" }, credentials: "same-origin", redirect: "manual" })
      .then(function (answer) {
        if (board.dataset.every && (answer.type === "opaqueredirect" || answer.status === 410)) {
          window.location.reload();
          return last;
        }
        if (answer.status === 403 || answer.type === "opaqueredirect") throw new Error("signed-out");
        if (!answer.ok) throw new Error("away");
        return answer.text();
      })
      .then(function (html) {
        said("");
        if (html !== last) {
          last = html;
          board.innerHTML = html;
        }
        if (board.querySelector("[data-settled]")) window.clearInterval(renewing);
      })
      .catch(function (error) {
        said(error.message === "signed-out"
          ? "Phiên làm việc đã hết, hãy đăng nhập lại để bảng tiếp tục tự cập nhật."
          : "Phòng theo dõi chưa trả lời; bảng sẽ tự cập nhật khi kết nối lại.");
      });
  }
  function said(sentence) {
    var place = document.getElementById("live-state");
    if (place && place.textContent !== sentence) {
      place.textContent = sentence;
      place.hidden = !sentence;
    }
  }
  var renewing = board && window.setInterval(renew, 1000 * (board.dataset.every || 10));

  // Menus close when one clicks elsewhere or presses Escape.
  function closeMenus(except) {
    document.querySelectorAll("details.more[open],details.me[open]").forEach(function (menu) {
      if (menu !== except) menu.removeAttribute("open");
    });
  }
  document.addEventListener("click", function (event) { closeMenus(event.target.closest("details")); });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") closeMenus(null); });

  // A rule that is being changed is tried on the past at once; without this file one presses "Xem thử".
  document.querySelectorAll("form[data-look]").forEach(function (form) {
    var place = document.getElementById(form.dataset.look);
    var waiting = 0;
    var asked = null;
    form.addEventListener("input", function () {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(look, 700);
    });
    function look() {
      if (asked) asked.abort();
      asked = new AbortController();
      var values = new FormData(form);
      values.set("act", "preview");
      place.setAttribute("aria-busy", "true");
      fetch(window.location.href, { method: "POST", body: values, signal: asked.signal, headers: { "X-Requested-With": "room" }, credentials: "same-origin", redirect: "manual" })
        .then(function (answer) {
          if (!answer.ok) throw new Error("away");
          return answer.text();
        })
        .then(function (html) {
          place.innerHTML = html;
          place.removeAttribute("aria-busy");
        })
        .catch(function (error) {
          if (error.name !== "AbortError") place.removeAttribute("aria-busy");
        });
    }
  });

  // The builder writes into the search box beside it; without this file it opens the list of documents.
  document.querySelectorAll("form[data-builds]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      var box = document.querySelector("main [name='" + form.dataset.builds + "']");
      if (!box) return;
      event.preventDefault();
      fetch(form.action + "?" + new URLSearchParams(new FormData(form)), { headers: { "X-Requested-With": "room" }, credentials: "same-origin", redirect: "manual" })
        .then(function (answer) {
          if (!answer.ok) throw new Error("away");
          return answer.text();
        })
        .then(function (query) {
          box.value = query;
          box.dispatchEvent(new Event("input", { bubbles: true }));
          box.focus();
        })
        .catch(function () { form.submit(); });
    });
  });

  // A filter that is chosen acts at once; without this file one presses "Lọc".
  document.querySelectorAll("form[data-auto] select").forEach(function (select) {
    select.addEventListener("change", function () { select.form.submit(); });
  });
})();
