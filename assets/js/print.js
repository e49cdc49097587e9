// Opens the browser's print dialogue.
export default function printButton(button) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}
