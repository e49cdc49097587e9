// Shows a password while it is typed. data-reveal names the field.
export default function reveal(button) {
  const field = document.getElementById(button.dataset.reveal);
  button.hidden = false;
  button.addEventListener('click', () => {
    const shown = field.type === 'text';
    field.type = shown ? 'password' : 'text';
    button.setAttribute('aria-pressed', String(!shown));
    field.focus();
  });
  // The browser should keep it as what it is.
  field.form.addEventListener('submit', () => { field.type = 'password'; });
}
