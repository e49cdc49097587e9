// A form goes once, however often the button is pressed. The button keeps its
// name and value in what is sent: it is not disabled, the second press is
// simply not followed. After half a minute without an answer it may be again.
const patience = 30_000;

export default function once(form) {
  let sent = 0;
  form.addEventListener('submit', (e) => {
    if (e.defaultPrevented) return;
    if (Date.now() - sent < patience) {
      e.preventDefault();
      return;
    }
    sent = Date.now();
    (e.submitter ?? form).setAttribute('aria-busy', 'true');
  });
  addEventListener('pageshow', () => {
    sent = 0;
    document.querySelectorAll('[aria-busy=true]').forEach((b) => b.removeAttribute('aria-busy'));
  });
}
