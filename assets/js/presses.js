// A choice that presses the button named in data-presses, which does the same
// by hand.
export default function presses(field) {
  const button = document.querySelector(field.dataset.presses);
  button.hidden = true;
  field.addEventListener('change', () => field.form.requestSubmit(button));
}
