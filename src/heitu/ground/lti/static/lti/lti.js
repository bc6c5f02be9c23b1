// Pages that only pass something on: send the form at once, or tell the platform that the window may close.
document.querySelector("form[data-send-at-once]")?.submit();
if (document.querySelector("[data-lti-close]")) {
  (window.opener || window.parent).postMessage({ subject: "org.imsglobal.lti.close" }, "*");
}
