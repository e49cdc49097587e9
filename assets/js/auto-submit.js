// A choice that acts at once. The button that does it without scripts stands in
// the same form with data-by-hand and goes. Coming back to a page that the browser
// kept, the form says again what the page does.
export default function autoSubmit(field) {
  field.form.querySelectorAll('[data-by-hand]').forEach((b) => { b.hidden = true; });
  field.addEventListener('change', () => field.form.requestSubmit());
  addEventListener('pageshow', (e) => e.persisted && field.form.reset());
}
