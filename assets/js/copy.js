// Copies the text in data-copy and says so for a moment.
export default function copy(button) {
  const words = button.textContent;
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied ?? words;
    setTimeout(() => { button.textContent = words; }, 2000);
  });
}
